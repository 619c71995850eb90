import { useEffect, useRef } from 'preact/hooks';
import { now } from '../live/clock.ts';
import { connection, nextTry, turnedAway } from '../live/connection.ts';
import { lookNow } from '../live/overview.ts';
import { duration } from '../text/format.ts';
import { say } from '../text/say.ts';
import { Button } from '../ui/button.tsx';
import { announce } from './announce.ts';

/** While nobody answers: that it is so, and when it is tried again. */
export function ConnectionNote() {
  const isLost = connection.value === 'lost';
  const wasLost = useRef(isLost);
  useEffect(() => {
    if (wasLost.current && connection.value === 'heard') announce(say('shell.heardAgain'));
    wasLost.current = isLost;
  }, [isLost]);
  if (!isLost) return null;
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
