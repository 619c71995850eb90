import type { Place } from '../../shell/router.ts';
import { say } from '../../text/say.ts';

export default function Runs(_: { place: Place }) {
  return (
    <div class="view">
      <h1>{say('shell.runs')}</h1>
      <p class="quiet">{say('shell.coming')}</p>
    </div>
  );
}
