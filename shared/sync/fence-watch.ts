/**
 * While a run waits for a server's fence: whose session holds it, and whether its client is gone.
 *
 * A worker that is frozen keeps its session, and with it the fence, though its procedure has ended
 * and its leases have run out. Whoever waits sees it: the session rests for longer than any live
 * worker lets it rest while it holds the fence. It is killed where the login may do that, else told.
 */

import { pause } from '../async/retry.ts';
import { toDatabaseError } from '../database/database-error.ts';
import type { Databases } from '../database/databases.ts';
import {
  killSession,
  type LockHolder,
  lockHolder,
  mayNotKill,
  mayNotSee,
} from '../database/lock-holder.ts';

export interface FenceWatch {
  /** How long between two looks, in milliseconds. */
  everyMs: number;
  /** How long a session may rest with the fence, in milliseconds. */
  restMs: number;
}

/**
 * A live worker rests with the fence between two stages, and while it waits for the lease that a
 * dead one has left: a minute at most, the longest life of a lease.
 */
export const usualWatch: FenceWatch = { everyMs: 15_000, restMs: 90_000 };

/** One look, or one KILL. */
const lookMs = 5_000;

/**
 * Looks until `signal` is aborted. Never throws: what cannot be seen is told, once.
 *
 * @param waiter what the waiting session says of itself
 * @param tell gets a sentence for the log of the run
 */
export async function watchFence(
  databases: Databases,
  { database, fence, waiter }: { database: string; fence: string; waiter: string },
  tell: (text: string) => void,
  signal: AbortSignal,
  { everyMs, restMs }: FenceWatch = usualWatch,
): Promise<void> {
  /** By session: where a server allows several stages at once each look may show another one. */
  const seen = new Map<number, { holder: LockHolder; since: number }>();
  let told: string | undefined;
  const tellOnce = (text: string) => {
    if (text !== told) tell(text);
    told = text;
  };
  const bounded = () => AbortSignal.any([signal, AbortSignal.timeout(lookMs)]);
  while (!signal.aborted) {
    try {
      await pause(everyMs, signal);
      const holder = await lockHolder(databases, database, waiter, bounded());
      if (holder === undefined) continue;
      if (holder.status !== 'sleeping') {
        seen.delete(holder.session);
        continue;
      }
      const before = seen.get(holder.session);
      const isSame = before?.holder.ended === holder.ended;
      const rests = before !== undefined && isSame ? before : { holder, since: performance.now() };
      seen.set(holder.session, rests);
      if (performance.now() - rests.since < restMs) continue;
      // Not called off by the fence, which is ours at once: what was done must be told.
      const limit = AbortSignal.timeout(lookMs);
      const outcome = await killSession(databases, database, holder, limit);
      if (outcome !== 'gone') tellOnce(textOf(fence, holder, outcome));
    } catch (error) {
      const { number } = toDatabaseError(error);
      if (signal.aborted || number === undefined) continue;
      const why = mayNotSee.has(number) ? ': VIEW SERVER STATE is missing' : '';
      tellOnce(
        `Waiting for ${fence}. Who holds it cannot be seen (error ${number})${why}; an administrator finds the session in sys.dm_tran_locks.`,
      );
    }
  }
}

function textOf(
  fence: string,
  { session, host, holder }: LockHolder,
  outcome: 'killed' | { refused: number },
): string {
  const who = `session ${session} of ${host} (${holder}), whose client does nothing any more,`;
  if (outcome === 'killed') return `The ${who} held ${fence} and was killed.`;
  const why = outcome.refused === mayNotKill ? ': ALTER ANY CONNECTION is missing' : '';
  return `The ${who} holds ${fence}. It could not be killed (error ${outcome.refused})${why}; an administrator may run KILL ${session}.`;
}
