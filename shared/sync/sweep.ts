/** Finds runs that nobody executes any more. */

import { type SyncState, unfinishedRuns } from './service.ts';

/**
 * Ids of unfinished runs on whose servers no lease lives: their worker died, their message was
 * lost, or they were let go. Sending one twice is harmless: whoever comes second leaves.
 */
export async function abandonedRuns(
  state: Pick<SyncState, 'leases' | 'runs'>,
  signal: AbortSignal,
): Promise<string[]> {
  const runs = await unfinishedRuns(state, signal);
  return runs.flatMap(({ run, held }) => (held ? [] : [run.id]));
}
