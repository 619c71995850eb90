import type { Place } from '../../shell/router.ts';
import { say } from '../../text/say.ts';

export default function History(_: { place: Place }) {
  return (
    <div class="view">
      <h1>{say('shell.history')}</h1>
      <p class="quiet">{say('shell.coming')}</p>
    </div>
  );
}
