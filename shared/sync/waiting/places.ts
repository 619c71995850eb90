/** What is told of runs that wait: their places, and what they wait for. */

import type { Catalog } from '../../catalog/index.ts';
import { holdersOf } from '../holders.ts';
import { addressOf } from '../locks.ts';
import type { Plan } from '../plan.ts';
import type { Run, Stage } from '../run.ts';
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
  run: Run,
  now: Date,
  signal: AbortSignal,
): Promise<Omit<WaitsFor, 'closed'>> {
  const entries = await state.waiting.list(signal);
  const locks = serverLocks(entries.find(({ id }) => id === run.id) ?? {}, run);
  const holders = await holdersOf(state, locks, signal);
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
 * what is closed to it is that of all it may have to make again.
 */
export function mayComeTo(catalog: Catalog, run: Run): readonly Stage[] {
  const whole = run.retryFrom === 'failure' ? planAgain(catalog, run) : undefined;
  return whole !== undefined && 'plan' in whole ? whole.plan.stages : run.stages;
}

/** The locks that it waits for, each with the server that it is of; an address is no server's name. */
function serverLocks({ locks = [] }: Partial<Entry>, { stages }: Run): Plan['locks'] {
  const named = locks.map((lock) => {
    const at = stages.find((stage) => addressOf(stage) === lock);
    return { lock, server: at?.server ?? lock };
  });
  return named.filter(({ server }) => !server.includes(':'));
}
