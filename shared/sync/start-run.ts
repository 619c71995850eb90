/** The start of a run: at once where its servers are free, in line where it may wait. */

import { askerIn } from '../audit/asker.ts';
import type { Catalog } from '../catalog/index.ts';
import { withDeadline } from '../storage/storage-call.ts';
import { activeTrace } from '../telemetry/spans.ts';
import { linkRetry, neededPlan } from './again/retry.ts';
import type { Call } from './call.ts';
import { type Busy, claimServers, ownServers, releaseAll } from './claim.ts';
import { knownDurations, withExpected } from './durations.ts';
import { comparePeriods } from './period.ts';
import type { Plan } from './plan.ts';
import type { Run } from './run.ts';
import { newRunId } from './run-store.ts';
import { forRun } from './run-values.ts';
import type { SyncState } from './sync-state.ts';
import type { StartOutcome, SyncRequest } from './syncs.ts';
import { enterLine } from './waiting/enter.ts';
import { ahead, type Entry, inLine, isDue } from './waiting/line.ts';
import type { Waker } from './waiting/wake.ts';

export interface StartDependencies
  extends Pick<SyncState, 'leases' | 'runs' | 'index' | 'durations'>,
    Waker {
  catalog: Catalog;
}

/**
 * The order is: locks, document, owner. Whoever dies on the way, or is answered by an error, leaves
 * a document that owns no server: it is never executed, and the sweeper ends it. Once the document
 * is there, what becomes of the run is in it, and the answer is its id.
 *
 * Nobody is overtaken: who waits for one of the servers is looked at before they are claimed.
 *
 * @param dependencies `isClosed`: what it needs is closed for now, and it waits
 */
export async function startRun(
  dependencies: StartDependencies & { isClosed: boolean },
  request: SyncRequest,
  plan: Plan,
  signal: AbortSignal,
): Promise<StartOutcome> {
  const { waiting, now, isClosed } = dependencies;
  const entries = await waiting.list(signal);
  const wait = () => waitInLine(dependencies, request, plan, entries, signal);
  if (isClosed || !isDue(request, now())) return await wait();
  const locks = lockNames(plan);
  const before = ahead(inLine(entries, now()), { locks });
  const started =
    before.length > 0
      ? overtaken(locks, before)
      : await startNow(dependencies, request, plan, signal);
  if ('id' in started) return { outcome: 'started', id: started.id };
  if (request.whenBusy === 'wait') return await wait();
  return { outcome: 'busy', servers: serversOf(plan, started.busy), runs: started.runs };
}

/** Locks that somebody else has, and the runs whose they are, as far as they are runs yet. */
interface Taken {
  busy: string[];
  runs: string[];
}

async function startNow(
  dependencies: StartDependencies,
  request: SyncRequest,
  plan: Plan,
  signal: AbortSignal,
): Promise<{ id: string } | Taken> {
  const claimed = await withDeadline(
    `claim ${plan.servers.join(', ')}`,
    (bounded) => claim(dependencies, request, plan, bounded),
    dependencies.leases.lifeMs / 2,
    signal,
  );
  if ('busy' in claimed) {
    const { busy, run } = claimed;
    return { busy, runs: run === undefined ? [] : [run] };
  }
  const taken = await owned(dependencies, claimed, signal);
  return taken.length === 0 ? { id: claimed.id } : { busy: taken, runs: [] };
}

/**
 * Ticket, document, entry. The entry is the promise: without it the document is never executed, and
 * the sweeper ends it.
 */
async function waitInLine(
  dependencies: StartDependencies,
  request: SyncRequest,
  plan: Plan,
  entries: readonly Entry[],
  signal: AbortSignal,
): Promise<StartOutcome> {
  const run = await writeWaiting(dependencies, request, plan, entries, signal);
  const { id, ticket = '', notBefore } = run;
  // From here on as with an owner: where storage leaves open whether it was entered, it may be.
  const limit = AbortSignal.any([signal, AbortSignal.timeout(dependencies.leases.lifeMs / 4)]);
  const entry = { id, ticket, locks: lockNames(plan), notBefore };
  const place = await enterLine(dependencies, entry, limit).catch(() => undefined);
  return { outcome: 'waiting', id, ...(place !== undefined && { place }) };
}

/**
 * A run with its ticket, whose entry is yet to be made.
 *
 * @param entries as they were a moment ago
 */
export async function writeWaiting(
  dependencies: StartDependencies,
  request: SyncRequest,
  plan: Plan,
  entries: readonly Entry[],
  signal: AbortSignal,
): Promise<Run> {
  const { runs, waiting } = dependencies;
  const ticket = await waiting.takeTicket(entries, signal);
  const { notBefore } = request;
  const run: Run = {
    ...(await newRun(dependencies, request, plan, signal)),
    ...{ state: 'waiting', ticket },
    ...(notBefore !== undefined && { notBefore }),
  };
  await runs.create(run, signal);
  await linkRetry(runs, run, signal);
  return run;
}

/** @returns the run, whose document is written, or what somebody else has */
async function claim(
  dependencies: StartDependencies,
  request: SyncRequest,
  plan: Plan,
  signal: AbortSignal,
): Promise<Run | Busy> {
  const names = lockNames(plan);
  const claimed = await claimServers(dependencies, names, signal);
  if ('busy' in claimed) return claimed;
  const { leaseId } = claimed;
  try {
    const run = await newRun(dependencies, request, plan, signal);
    run.locks = names.map((server) => ({ server, leaseId }));
    await dependencies.runs.create(run, signal);
    await linkRetry(dependencies.runs, run, signal);
    return run;
  } catch (error) {
    await releaseAll(dependencies.leases, names, leaseId);
    throw error;
  }
}

/** As it is when it is asked for: it holds nothing yet. */
async function newRun(
  dependencies: StartDependencies,
  request: SyncRequest,
  whole: Plan,
  signal: AbortSignal,
): Promise<Run> {
  const { catalog, now, durations } = dependencies;
  const { kind, user, calls, board, due, retryOf, retryFrom } = request;
  const at = now();
  const id = request.id ?? newRunId(at);
  const createdAt = at.toISOString();
  const { timeZone } = catalog.periods;
  const plan = await neededPlan(dependencies, whole, request, signal);
  const stages = forRun(plan.stages, { user, id, at, timeZone });
  const trace = activeTrace();
  const of = retryOf === undefined ? '' : `, again after ${retryOf}`;
  return {
    id,
    kind,
    state: 'queued',
    user,
    ...askerIn(request),
    ...askedFor(catalog, calls),
    ...(board !== undefined && { board }),
    ...(due !== undefined && { due }),
    ...(retryOf !== undefined && { retryOf }),
    ...(retryFrom !== undefined && { retryFrom }),
    createdAt,
    ...(trace !== undefined && { trace }),
    locks: [],
    stages: withExpected(stages, await knownDurations(durations, signal)),
    freshness: plan.freshness,
    ...(plan.checks.length > 0 && { checks: plan.checks }),
    statements: plan.statements,
    ...(plan.queries.length > 0 && { queries: plan.queries }),
    catalog: catalog.revision,
    log: [{ at: createdAt, text: `Asked for by ${user}${of}.` }],
  };
}

/** The calls, and what older readers look for: their codes, their entities, their one month. */
export function askedFor(
  catalog: Catalog,
  calls: Call[],
): Pick<Run, 'codes' | 'names' | 'period'> & { calls: Call[] } {
  const codes = [...new Set(calls.flatMap((call) => call.codes))];
  const named = new Set(calls.flatMap((call) => call.names));
  const names = catalog.entityOrder(...codes).filter((name) => named.has(name));
  const [period, ...others] = calls.flatMap(({ periods = [] }) => periods);
  const isOne = period && others.every((other) => comparePeriods(period, other) === 0);
  return { codes, names, ...(isOne && { period }), calls };
}

/** Who waits for these locks: at each of them the first. */
function overtaken(locks: readonly string[], before: readonly Entry[]): Taken {
  const first = locks.flatMap((lock) => {
    const entry = before.find((one) => one.locks.includes(lock));
    return entry === undefined ? [] : [{ lock, id: entry.id }];
  });
  return { busy: first.map(({ lock }) => lock), runs: [...new Set(first.map(({ id }) => id))] };
}

export function lockNames({ locks }: Plan): string[] {
  return locks.map(({ lock }) => lock);
}

/** The catalogue's ids: of an address, too, its server is told. */
function serversOf({ locks }: Plan, names: readonly string[]): string[] {
  const found = locks.filter(({ lock }) => names.includes(lock)).map(({ server }) => server);
  return [...new Set(found)];
}

/**
 * Enters the run as the owner of its servers. Where storage leaves open whether that was done, the
 * run may be executed, and is not refused: if it was not done, the sweeper says so in the run.
 *
 * @returns the servers that somebody else has: then the run is gone
 */
async function owned(
  { leases, runs }: Pick<SyncState, 'leases' | 'runs'>,
  run: Run,
  signal: AbortSignal,
): Promise<string[]> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(leases.lifeMs / 4)]);
  const taken = await ownServers(leases, run, limit).catch(() => []);
  if (taken.length === 0) return [];
  await runs.remove(run.id, AbortSignal.timeout(5_000)).catch(() => {});
  const [claim] = run.locks;
  await releaseAll(
    leases,
    run.locks.map(({ server }) => server),
    claim?.leaseId ?? '',
  );
  return taken;
}
