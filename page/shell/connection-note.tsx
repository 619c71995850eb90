import { now } from '../live/clock.ts';
import { connection, nextTry, turnedAway } from '../live/connection.ts';
import { lookNow } from '../live/overview.ts';
import { duration } from '../text/format.ts';
import { say } from '../text/say.ts';
import { Button } from '../ui/button.tsx';

/** While nobody answers: that it is so, and when it is tried again. */
export function ConnectionNote() {
  if (connection.value !== 'lost') return null;
  const left = (nextTry.value ?? now.value) - now.value;
  return (
    <div class="lost" role="alert">
      <span>
        {turnedAway.value === undefined
          ? say('shell.lost')
          : say('shell.turnedAway', { reason: turnedAway.value })}
      </span>
      {left > 0 && (
        <span class="quiet" aria-hidden="true">
          {say('shell.nextTry', { time: duration(left) })}
        </span>
      )}
      <Button kind="quiet" onClick={lookNow}>
        {say('shell.tryNow')}
      </Button>
    </div>
  );
}
