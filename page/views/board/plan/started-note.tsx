import type { Accepted } from '../../../api/schema.d.ts';
import { hrefOf } from '../../../shell/router.ts';
import { say } from '../../../text/say.ts';

/** What became of a start: which run it is, and whether it stands in line. */
export function StartedNote({ accepted: { id, state, place = 0 } }: { accepted: Accepted }) {
  const inLine = place === 0 ? say('board.nextInLine') : say('board.waitsBehind', { count: place });
  return (
    <p class="started-note">
      {state === 'waiting' ? inLine : say('board.started')} <a href={hrefOf('runs', [id])}>{id}</a>
    </p>
  );
}
