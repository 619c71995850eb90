/** What is told of runs that wait: their places, and what they wait for. */

import type { Catalog } from '../../catalog/index.ts';
import { holdersOf } from '../holders.ts';
import { locksOf } from '../locks.ts';
import type { Plan } from '../plan.ts';
import type { Run } from '../run.ts';
import type { SyncState } from '../sync-state.ts';
import { ahead, type Entry, inLine, meet } from './line.ts';
import { planAgain } from './plan-again.ts';

export interface Place {
  /** How many are before it at its servers; absent until its time has come. */
  place?: number;
}

export interface WaitsFor extends Place {
  /** Servers that it cannot have yet, each with the run that has it or is before it in line. */
  waitsFor: { server: string; run?: string }[];
  /** What it needs is closed for now. */
  closed?: { until: string; reason: string };
}

/** Of each run with an entry. */
export function placesOf(entries: readonly Entry[], now: Date): Map<string, Place> {
  const line = inLine(entries, now);
  const places = line.map((entry) => [entry.id, { place: ahead(line, entry).length }] as const);
  return new Map<string, Place>([...entries.map(({ id }) => [id, {}] as const), ...places]);
}

/** Of one that waits, for looking: nothing is claimed. */
export async function whatFor(
  state: Pick<SyncState, 'leases' | 'runs' | 'waiting'>,
  run: Pick<Run, 'id'> & Pick<Plan, 'locks'>,
  now: Date,
  signal: AbortSignal,
): Promise<Omit<WaitsFor, 'closed'>> {
  const { locks } = run;
  const [entries, holders] = await Promise.all([
    state.waiting.list(signal),
    holdersOf(state, locks, signal),
  ]);
  const line = inLine(entries, now);
  const own = line.find(({ id }) => id === run.id);
  const before = own === undefined ? [] : ahead(line, own);
  const waitsFor = holders.flatMap(({ server, isFree, run: holder }) => {
    const names = locks.filter((lock) => lock.server === server).map(({ lock }) => lock);
    const first = before.find((entry) => meet(entry.locks, names))?.id;
    if (isFree && first === undefined) return [];
    const id = holder ?? first;
    return [{ server, ...(id !== undefined && { run: id }) }];
  });
  return { ...(own !== undefined && { place: before.length }), waitsFor };
}

/**
 * What a run that waits may come to. The stages of a retry are what was open when it was asked for;
 * its servers, and what is closed, are those of all that it may have to make again.
 */
export function mayComeTo(catalog: Catalog, run: Run): Pick<Plan, 'stages' | 'locks'> {
  const whole = run.retryFrom === 'failure' ? planAgain(catalog, run) : undefined;
  if (whole !== undefined && 'plan' in whole) return whole.plan;
  return { stages: run.stages, locks: serverLocks(run) };
}

/** The locks of its source servers: a stage for all sources at once has no code. */
function serverLocks({ stages }: Run): Plan['locks'] {
  const locks = new Map<string, string>();
  for (const stage of stages) {
    if (stage.code === undefined) continue;
    for (const lock of locksOf(stage)) locks.set(lock, stage.server);
  }
  return [...locks.keys()].sort().map((lock) => ({ lock, server: locks.get(lock) ?? lock }));
}
