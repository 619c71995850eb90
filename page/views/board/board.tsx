import type { Place } from '../../shell/router.ts';
import { say } from '../../text/say.ts';

export default function Board(_: { place: Place }) {
  return (
    <div class="view">
      <h1>{say('shell.board')}</h1>
      <p class="quiet">{say('shell.coming')}</p>
    </div>
  );
}
