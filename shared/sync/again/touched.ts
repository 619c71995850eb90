/** Looks at what other runs have exported since a run. */

import { sideBySide } from '../../async/side-by-side.ts';
import type { Run } from '../run.ts';
import { searchRuns } from '../run-search.ts';
import type { SyncState } from '../sync-state.ts';
import type { RunSummary } from '../syncs.ts';
import { pairOf, restsOn, type Touched } from './what-again.ts';

/** Runs that are looked up at a time; documents that are read side by side. */
const pageSize = 1_000;
const readsAtOnce = 8;

/** Half of what a claim has with the shortest leases. */
const lookMs = 4_000;

/** Nothing is too old to be in the index: what was removed since has exported all the same. */
const always = new Date(0);

/**
 * @param before the run that is made again
 * @param except the run that makes it again
 * @returns undefined where it cannot be known in time: then everything may be touched
 */
export async function touchedSince(
  state: Pick<SyncState, 'runs' | 'index'>,
  before: Run,
  entities: ReadonlySet<string>,
  except: string | undefined,
  signal: AbortSignal,
): Promise<Touched | undefined> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(lookMs)]);
  try {
    return await touched(state, before, entities, except, limit);
  } catch {
    signal.throwIfAborted();
    return undefined;
  }
}

async function touched(
  { runs, index }: Pick<SyncState, 'runs' | 'index'>,
  before: Run,
  entities: ReadonlySet<string>,
  except: string | undefined,
  signal: AbortSignal,
): Promise<Touched> {
  const since = before.startedAt ?? before.createdAt;
  const begunAt = restsOn(before);
  const found = { exports: new Set<string>(), entities: new Set<string>() };
  const look = async ({ id }: RunSummary, within: AbortSignal) => {
    const run = (await runs.look(id, within))?.value;
    for (const stage of run?.stages ?? []) {
      if (stage.code === undefined || !entities.has(stage.entity)) continue;
      const isLater = stage.attempts.some(
        ({ endedAt }) => endedAt === undefined || endedAt >= begunAt(stage),
      );
      if (!isLater) continue;
      found.exports.add(pairOf(stage));
      found.entities.add(stage.entity);
    }
  };
  const filter = { names: [...entities] };
  let after: string | undefined;
  do {
    const options = { filter, limit: pageSize, ...(after !== undefined && { after }) };
    const page = await searchRuns({ runs, index }, options, always, signal);
    const possible = page.runs.filter(
      (run) => run.id !== before.id && run.id !== except && mayHaveSince(run, since),
    );
    await sideBySide(possible, readsAtOnce, look, signal);
    after = page.next;
  } while (after !== undefined);
  return found;
}

/** Whether a run may have exported anything at `since` or later. */
function mayHaveSince({ startedAt, endedAt }: RunSummary, since: string): boolean {
  return endedAt === undefined ? startedAt !== undefined : endedAt >= since;
}
