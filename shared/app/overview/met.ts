/** When runs of a board were asked for that have come to their end, by themselves or made again. */

import { isAccountedFor } from '../../sync/failures.ts';
import { isFinished, type Run } from '../../sync/run.ts';
import { searchRuns } from '../../sync/run-search.ts';
import type { SyncState } from '../../sync/sync-state.ts';

type State = Pick<SyncState, 'runs' | 'index'>;

/** A run that is made again, and again; more often nobody has the patience. */
const mostRetries = 10;

/** Runs of a board of which none has come to its end are looked through no further. */
const mostLookedAt = 20;

export interface Met {
  board: string;
  /** When the first of them was asked for. */
  at: string;
}

/** What a run that has ended says of its board, or of that of the run that it made again. */
export async function metBy(
  { runs }: Pick<State, 'runs'>,
  run: Run,
  signal: AbortSignal,
): Promise<Met | undefined> {
  if (!isFinished(run) || !isAccountedFor(run)) return undefined;
  let root: Run | undefined = run;
  for (let steps = 0; root?.retryOf !== undefined; steps += 1) {
    if (steps === mostRetries) return undefined;
    root = (await runs.look(root.retryOf, signal))?.value;
  }
  return root?.board === undefined ? undefined : { board: root.board, at: root.createdAt };
}

/** Looks for the latest of a board among all runs that are kept; null: there is none. */
export async function lookForMet(
  state: State,
  board: string,
  keptSince: Date,
  signal: AbortSignal,
): Promise<string | null> {
  const search = { filter: { boards: [board] }, limit: mostLookedAt };
  const { runs } = await searchRuns(state, search, keptSince, signal);
  for (const { id } of runs) {
    const run = (await state.runs.look(id, signal))?.value;
    if (run !== undefined && (await hasComeToItsEnd(state, run, mostRetries, signal))) {
      return run.createdAt;
    }
  }
  return null;
}

async function hasComeToItsEnd(
  { runs }: Pick<State, 'runs'>,
  run: Run,
  steps: number,
  signal: AbortSignal,
): Promise<boolean> {
  if (!isFinished(run)) return false;
  if (isAccountedFor(run)) return true;
  for (const id of steps === 0 ? [] : (run.retriedBy ?? [])) {
    const retry = (await runs.look(id, signal))?.value;
    if (retry && (await hasComeToItsEnd({ runs }, retry, steps - 1, signal))) return true;
  }
  return false;
}
