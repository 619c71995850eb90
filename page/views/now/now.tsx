import { lazy, Suspense } from 'preact/compat';
import { overview } from '../../live/overview.ts';
import { say } from '../../text/say.ts';
import { Servers } from './servers.tsx';
import { Wrong } from './wrong.tsx';

/** The board as a matrix comes below, when the rest is there. */
const BoardSection = lazy(() => import('../board/board-section.tsx'));

/** One screen for the morning: what is wrong with its cure, servers, the board. */
export default function Now() {
  const seen = overview.value;
  if (seen === undefined) return <Waiting />;
  return (
    <div class="view now">
      <Wrong overview={seen} />
      <Servers overview={seen} />
      <Suspense fallback={null}>
        <BoardSection />
      </Suspense>
    </div>
  );
}

/** Of the size of what comes, so that nothing jumps. */
function Waiting() {
  return (
    <div class="view now" aria-busy="true">
      <section>
        <div class="heading">
          <h1>{say('now.looking')}</h1>
        </div>
        <div class="sheet waiting-for-lines" />
      </section>
    </div>
  );
}
