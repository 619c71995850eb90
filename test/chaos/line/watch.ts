/** Watches the line from outside: nobody is first for long while all of his servers are free. */

import { setTimeout as sleep } from 'node:timers/promises';
import { storageClock } from '../../../shared/storage/clock.ts';
import type { SyncState } from '../../../shared/sync/service.ts';
import { startable } from '../../../shared/sync/waiting/sweep-line.ts';

const everyMs = 250;

export interface Idle {
  id: string;
  ms: number;
}

/**
 * Looks until `signal` is aborted; never rejects for it.
 *
 * @returns the longest time that one was seen first in line with all its servers free, at every look
 */
export async function watchLine(
  state: Pick<SyncState, 'leases' | 'runs' | 'waiting'>,
  signal: AbortSignal,
): Promise<Idle> {
  const since = new Map<string, number>();
  let longest: Idle = { id: '', ms: 0 };
  while (!signal.aborted) {
    const at = performance.now();
    // As the sweeper finds them; entries of runs that have begun are taken out by it, which harms nobody.
    const found = new Set(await startable(state, storageClock.now(), AbortSignal.timeout(60_000)));
    for (const id of since.keys()) if (!found.has(id)) since.delete(id);
    for (const id of found) {
      const first = since.get(id) ?? at;
      since.set(id, first);
      if (at - first > longest.ms) longest = { id, ms: at - first };
    }
    await sleep(everyMs, undefined, { signal }).catch(() => {});
  }
  return longest;
}
