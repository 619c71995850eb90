/** Runs are kept for a while after their end, then forgotten. */

import type { Cancellations } from './cancellations.ts';
import type { RunLogs } from './log/run-logs.ts';
import type { RunIndex } from './run-index.ts';
import type { RunStore } from './run-store.ts';

const dayMs = 86_400_000;

/** What ended before may be removed at any time. */
export function keptSince(days: number, now: Date): Date {
  return new Date(now.getTime() - days * dayMs);
}

export interface ExpiryDependencies {
  runs: Pick<RunStore, 'endedBefore' | 'remove'>;
  cancellations: Pick<Cancellations, 'remove'>;
  logs: Pick<RunLogs, 'remove'>;
  index: Pick<RunIndex, 'forget'>;
}

/**
 * Removes finished runs that ended more than `days` ago, with their logs, and the request to cancel
 * them if one was left behind. A run that has not ended is never removed, however old it is.
 *
 * @returns how many were removed
 * @throws storage's error, or the reason of `signal`; what is left over goes the next time
 */
export async function removeExpiredRuns(
  { runs, cancellations, logs, index }: ExpiryDependencies,
  days: number,
  now: Date,
  signal: AbortSignal,
): Promise<number> {
  const removed = new Set<string>();
  for await (const id of runs.endedBefore(keptSince(days, now), signal)) {
    // The run last: whoever dies in between leaves nothing that nobody would find.
    await cancellations.remove(id, signal);
    await logs.remove(id, signal);
    await runs.remove(id, signal);
    removed.add(id);
  }
  await index.forget(removed, signal);
  return removed.size;
}
