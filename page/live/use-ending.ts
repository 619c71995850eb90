/** The end of a run that somebody looks at, told to whoever listens. */

import { useEffect, useRef } from 'preact/hooks';
import type { Run } from '../api/schema.d.ts';
import { announce } from '../shell/announce.ts';
import { say } from '../text/say.ts';
import { hasEnded } from './use-run.ts';

/** @param state as it is now; undefined until it is known */
export function useEnding(state: Run['state'] | undefined): void {
  const before = useRef(state);
  useEffect(() => {
    const { current } = before;
    before.current = state;
    if (state === undefined || current === undefined) return;
    if (hasEnded({ state }) && !hasEnded({ state: current })) {
      announce(say('shell.runEnded', { state: say(`state.${state}`) }));
    }
  }, [state]);
}
