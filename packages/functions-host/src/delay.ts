/** Waiting that can be cut short. */

import { setTimeout as timeout } from 'node:timers/promises';

/** Node's timers hold no more than 2^31 - 1 ms; a longer wait is made of several. */
const longest = 2 ** 31 - 1;

/** Waits, or returns early once `signal` is aborted. Never rejects. */
export async function delay(milliseconds: number, signal: AbortSignal): Promise<void> {
  for (let left = milliseconds; left > 0 && !signal.aborted; left -= longest) {
    await timeout(Math.min(left, longest), undefined, { signal }).catch(() => {});
  }
}
