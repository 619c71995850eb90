/** Runs that make another one again: all of it, or what it has left open. */

import type { Catalog } from '../../catalog/index.ts';
import type { Plan } from '../plan.ts';
import { isFinished, type Run } from '../run.ts';
import type { RunStore } from '../run-store.ts';
import type { SyncState } from '../sync-state.ts';
import type { RetryRefusal, RetryRequest, SyncRequest } from '../syncs.ts';
import { planAgain } from '../waiting/plan-again.ts';
import { touchedSince } from './touched.ts';
import { callsAbout, callsOf, openEntities, planFromFailure } from './what-again.ts';

/** What a retry asks for, as a POST does; or why there is none. */
export function retryRequest(
  catalog: Catalog,
  before: Run,
  { from, ...asking }: Omit<RetryRequest, 'of'>,
): SyncRequest | RetryRefusal {
  if (!isFinished(before)) return { outcome: 'unfinished', state: before.state };
  const all = callsOf(before);
  const calls = from === 'all' ? all : callsAbout(all, openEntities(before));
  if (calls.length === 0) return { outcome: 'nothing' };
  const again = planAgain(catalog, { ...before, calls, freshness: freshnessOf(before, calls) });
  if ('why' in again) return { outcome: 'gone', why: again.why };
  return { kind: 'calls', calls, ...asking, retryOf: before.id, retryFrom: from };
}

function freshnessOf({ freshness }: Run, calls: SyncRequest['calls']): Run['freshness'] {
  const names = new Set(calls.flatMap((call) => call.names));
  return freshness.filter(({ entity }) => names.has(entity));
}

/**
 * The part of a plan that a run needs: of a retry from the failure what is open, and what others
 * have undone since. Whoever has claimed the plan's servers knows that nobody undoes more of it.
 */
export async function neededPlan(
  state: Pick<SyncState, 'runs' | 'index'>,
  plan: Plan,
  { retryOf, retryFrom, id }: Pick<Run, 'retryOf' | 'retryFrom'> & { id?: string },
  signal: AbortSignal,
): Promise<Plan> {
  if (retryOf === undefined || retryFrom !== 'failure') return plan;
  const before = (await state.runs.look(retryOf, signal))?.value;
  // Nobody knows any more what was left of it: everything is made.
  if (before === undefined) return plan;
  const entities = new Set(plan.stages.map(({ entity }) => entity));
  const touched = await touchedSince(state, before, entities, id, signal);
  return planFromFailure(plan, before, touched);
}

/** Enters in a run that another one makes it again; once, whoever else writes it meanwhile. */
export async function linkRetry(
  runs: RunStore,
  { retryOf, id }: Pick<Run, 'retryOf' | 'id'>,
  signal: AbortSignal,
): Promise<void> {
  if (retryOf === undefined) return;
  for (;;) {
    const found = await runs.read(retryOf, signal);
    if (found === undefined || found.value.retriedBy?.includes(id)) return;
    const { value, etag } = found;
    value.retriedBy = [...(value.retriedBy ?? []), id];
    if (await runs.replaced(value, etag, signal)) return;
  }
}
