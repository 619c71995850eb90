import type { Accepted } from '../../../api/schema.d.ts';
import { useProgress } from '../../../live/use-progress.ts';
import { hrefOf } from '../../../shell/router.ts';
import { say } from '../../../text/say.ts';
import { StateWord } from '../../../ui/state-word.tsx';

/** What became of a start: which run it is, whether it stands in line, how far it is, how it ended. */
export function StartedNote({ accepted }: { accepted: Accepted }) {
  const { id } = accepted;
  const progress = useProgress(id);
  const { state, place = 0 } = progress ?? accepted;
  const inLine = place === 0 ? say('board.nextInLine') : say('board.waitsBehind', { count: place });
  return (
    <p class="started-note">
      {state === 'waiting' ? inLine : say('board.started')} <a href={hrefOf('runs', [id])}>{id}</a>
      {progress !== undefined && state !== 'waiting' && (
        <>
          {' '}
          <StateWord state={state} />{' '}
          <small>
            {say('runs.stagesOf', {
              done: progress.stagesDone + progress.stagesSkipped,
              total: progress.stagesTotal,
            })}
          </small>
        </>
      )}
    </p>
  );
}
