/** Events of runs that ended without a worker: in line, as orphans, or with a damaged document. */

import { openEntities } from '../again/what-again.ts';
import type { SyncState } from '../sync-state.ts';
import type { RunSummary } from '../syncs.ts';
import { failedEvent } from './run-events.ts';

/**
 * Tells of those among `listed`, and leaves out what storage does not give; whoever dies between the event and its mark in the run has it
 * told once more, under the same id.
 */
export async function tellUntold(
  { runs, events }: Pick<SyncState, 'runs' | 'events'>,
  listed: readonly Pick<RunSummary, 'id' | 'untold'>[],
  unread: (id: string, error: unknown) => void,
  signal: AbortSignal,
): Promise<void> {
  for (const { id } of listed.filter(({ untold }) => untold)) {
    try {
      await tellRun({ runs, events }, id, signal);
    } catch (error) {
      signal.throwIfAborted();
      unread(id, error);
    }
  }
}

async function tellRun(
  { runs, events }: Pick<SyncState, 'runs' | 'events'>,
  id: string,
  signal: AbortSignal,
): Promise<void> {
  const found = await runs.look(id, signal);
  if (found === undefined || found.isNewer || found.value.untold === undefined) return;
  const { untold: _, ...run } = found.value;
  const entities = [...openEntities(run)].filter((entity) => entity !== '*');
  await events.tell(failedEvent(run, new Set(entities)), signal);
  await runs.replaced(run, found.etag, signal);
}
