/** Events of runs that ended without a worker: in line, as orphans, or with a damaged document. */

import { openEntities } from '../again/what-again.ts';
import { noted } from '../failures.ts';
import type { Run } from '../run.ts';
import type { SyncState } from '../sync-state.ts';
import type { RunSummary } from '../syncs.ts';
import { failedEvent } from './run-events.ts';

type State = Pick<SyncState, 'runs' | 'events' | 'failures'>;

/**
 * Tells of those among `listed`, and leaves out what storage does not give. Whoever dies between the
 * event and its mark in the run has it told once more, under the same id.
 */
export async function tellUntold(
  state: State,
  listed: readonly RunSummary[],
  unread: (id: string, error: unknown) => void,
  signal: AbortSignal,
): Promise<void> {
  for (const { id } of listed.filter(({ untold }) => untold)) {
    try {
      await tellRun(state, id, listed, signal);
    } catch (error) {
      signal.throwIfAborted();
      unread(id, error);
    }
  }
}

async function tellRun(
  state: State,
  id: string,
  listed: readonly RunSummary[],
  signal: AbortSignal,
): Promise<void> {
  const { runs, events, failures } = state;
  const found = await runs.look(id, signal);
  if (found === undefined || found.isNewer || found.value.untold === undefined) return;
  const { untold: _, ...run } = found.value;
  const open = openEntities(run);
  const told = new Set([...open].filter((entity) => entity !== '*'));
  await events.tell(failedEvent(run, told), signal);
  // As a worker does at the end of a run: so that somebody hears when it is over.
  await failures.note(await withoutTouched(state, run, listed, signal), told, signal);
  await runs.replaced(run, found.etag, signal);
}

/** Nobody held its servers: of what others have synced since, it says nothing any more. */
async function withoutTouched(
  { runs }: Pick<State, 'runs'>,
  run: Run,
  listed: readonly RunSummary[],
  signal: AbortSignal,
): Promise<Run> {
  const since = run.startedAt ?? run.createdAt;
  const later = listed.filter(
    ({ id, endedAt = '', codes, moreCodes }) =>
      id !== run.id &&
      endedAt >= since &&
      (moreCodes !== undefined || codes.some((code) => run.codes.includes(code))),
  );
  let failed = noted([], run);
  for (const { id } of later) {
    const other = (await runs.look(id, signal))?.value;
    if (other !== undefined) failed = noted(failed, other);
  }
  const isOwn = ({ entity, code }: Run['freshness'][number]) =>
    failed.some((one) => one.entity === entity && one.code === code && one.run === run.id);
  return { ...run, freshness: run.freshness.filter(isOwn) };
}
