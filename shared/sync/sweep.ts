/** Finds runs that nobody executes any more. */

import type { Leases } from '../lock/leases.ts';
import type { RunStore } from './run-store.ts';
import { unfinishedRuns } from './service.ts';

/**
 * Ids of unfinished runs on whose servers no lease lives: their worker died, their message was
 * lost, or they were let go. Sending one twice is harmless: whoever comes second leaves.
 */
export async function abandonedRuns(
  dependencies: { leases: Leases; runs: RunStore },
  signal: AbortSignal,
): Promise<string[]> {
  const runs = await unfinishedRuns(dependencies, signal);
  return runs.flatMap(({ run, held }) => (held ? [] : [run.id]));
}
