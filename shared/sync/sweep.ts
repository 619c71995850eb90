/** Finds runs that nobody executes, and perhaps nobody ever will. */

import { type SyncState, unfinishedRuns } from './service.ts';

/**
 * A message reaches a worker within two or three seconds. A run that is queued for longer has
 * probably none: the host writes it after the caller has got the whole answer, and not at all when
 * the caller has hung up before.
 */
const queuedMs = 10_000;

/**
 * Ids of unfinished runs on whose servers no lease lives (their worker died, their message was
 * lost, or they were let go), and of those that wait for a worker for too long. Sending one twice
 * is harmless: whoever comes second leaves.
 */
export async function abandonedRuns(
  state: Pick<SyncState, 'leases' | 'runs'>,
  now: Date,
  signal: AbortSignal,
): Promise<string[]> {
  const runs = await unfinishedRuns(state, signal);
  return runs
    .filter(({ run, held }) => {
      const waitsMs = now.getTime() - Date.parse(run.createdAt);
      return !held || (run.state === 'queued' && waitsMs > queuedMs);
    })
    .map(({ run }) => run.id);
}
