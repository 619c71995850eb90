/** Starting and reading syncs: what the HTTP functions call. */

import type { Catalog } from '../catalog/index.ts';
import type { Leases } from '../lock/leases.ts';
import { withDeadline } from '../storage/call.ts';
import type { Call } from './call.ts';
import type { Cancellations } from './cancellations.ts';
import { type Busy, claimServers, ownServers, releaseAll } from './claim.ts';
import { type DurationStore, type Durations, withExpected } from './durations.ts';
import { endWaiting } from './ending.ts';
import { CancelRequestedError } from './interruption.ts';
import type { RunLogs } from './log/run-logs.ts';
import { comparePeriods } from './period.ts';
import { type Plan, planStages } from './plan.ts';
import { isFinished, type Run } from './run.ts';
import { newRunId, type RunStore } from './run-store.ts';
import type { CancelOutcome, LogText, RunPage, StartOutcome, SyncRequest, Syncs } from './syncs.ts';
import { unfinishedRuns } from './unfinished.ts';
import { enterLine } from './waiting/enter.ts';
import { leaveIfThere } from './waiting/leave.ts';
import { ahead, type Entry, inLine, isDue } from './waiting/line.ts';
import type { WaitingStore } from './waiting/waiting-store.ts';

/** How long a sync that is asked for waits for what earlier ones have measured. */
const estimateMs = 2_000;

/** What syncs keep in storage. */
export interface SyncState {
  leases: Leases;
  runs: RunStore;
  cancellations: Cancellations;
  durations: DurationStore;
  logs: RunLogs;
  waiting: WaitingStore;
}

export interface SyncServiceDependencies {
  catalog: Catalog;
  /** Opened on first use: a call that needs no storage opens none. */
  state(signal: AbortSignal): Promise<SyncState>;
  now(): Date;
  /** As `Waker.send`. */
  send(id: string, delaySeconds: number, signal: AbortSignal): Promise<void>;
}

export class SyncService implements Syncs {
  readonly #dependencies: SyncServiceDependencies;

  constructor(dependencies: SyncServiceDependencies) {
    this.#dependencies = dependencies;
  }

  /**
   * The order is: locks, document, owner. Whoever dies on the way, or is answered by an error,
   * leaves a document that owns no server: it is never executed, and the sweeper ends it. Once the
   * document is there, what becomes of the run is in it, and the answer is its id.
   *
   * Nobody is overtaken: who waits for one of the servers is looked at before they are claimed.
   */
  async start(request: SyncRequest, signal: AbortSignal): Promise<StartOutcome> {
    const { catalog, now } = this.#dependencies;
    const plan = planStages(catalog, request.calls);
    const state = await this.#dependencies.state(signal);
    const locks = plan.locks.map(({ lock }) => lock);
    const isLater = request.notBefore !== undefined && !isDue(request, now());
    if (isLater) return await this.#wait(state, request, plan, signal);
    const before = ahead(inLine(await state.waiting.list(signal), now()), { locks });
    const busy =
      before.length > 0
        ? overtaken(locks, before)
        : await this.#startNow(state, request, plan, signal);
    if ('id' in busy) return { outcome: 'started', id: busy.id };
    if (request.whenBusy === 'wait') return await this.#wait(state, request, plan, signal);
    const { servers, runs } = { servers: serversOf(plan, busy.busy), runs: busy.runs };
    return { outcome: 'busy', servers, runs };
  }

  /** @returns the run, started; or the locks that somebody else has, and the runs whose they are */
  async #startNow(
    state: SyncState,
    request: SyncRequest,
    plan: Plan,
    signal: AbortSignal,
  ): Promise<{ id: string } | { busy: string[]; runs: string[] }> {
    const claimed = await withDeadline(
      `claim ${plan.servers.join(', ')}`,
      (bounded) => this.#claim(state, request, plan, bounded),
      state.leases.lifeMs / 2,
      signal,
    );
    if ('busy' in claimed) {
      const { busy, run } = claimed;
      return { busy, runs: run === undefined ? [] : [run] };
    }
    const taken = await owned(state, claimed, signal);
    return taken.length === 0 ? { id: claimed.id } : { busy: taken, runs: [] };
  }

  /**
   * Ticket, document, entry. The entry is the promise: without it the document is never executed,
   * and the sweeper ends it. Whoever is first in line by then is woken, since the servers may have
   * become free before the entry was there.
   */
  async #wait(
    state: SyncState,
    request: SyncRequest,
    plan: Plan,
    signal: AbortSignal,
  ): Promise<StartOutcome> {
    const { now, send } = this.#dependencies;
    const { runs, waiting } = state;
    const ticket = await waiting.takeTicket(await waiting.list(signal), signal);
    const run = await this.#newRun(state, request, plan, signal);
    run.state = 'waiting';
    run.ticket = ticket;
    if (request.notBefore !== undefined) run.notBefore = request.notBefore;
    const locks = plan.locks.map(({ lock }) => lock);
    const entry = { id: run.id, ticket, locks, notBefore: run.notBefore };
    await runs.create(run, signal);
    // From here on as with an owner: where storage leaves open whether it was entered, it may be.
    const limit = AbortSignal.any([signal, AbortSignal.timeout(state.leases.lifeMs / 4)]);
    const place = await enterLine({ waiting, now, send }, entry, limit).catch(() => undefined);
    return { outcome: 'waiting', id: run.id, ...(place !== undefined && { place }) };
  }

  async read(id: string, signal: AbortSignal): Promise<Run | undefined> {
    const { runs } = await this.#dependencies.state(signal);
    return (await runs.look(id, signal))?.value;
  }

  async log(id: string, signal: AbortSignal): Promise<LogText> {
    const { logs } = await this.#dependencies.state(signal);
    return logs.read(id, signal);
  }

  /** Of a run that waits there is nobody who could stop it: it ends here. */
  async cancel(id: string, by: string, signal: AbortSignal): Promise<CancelOutcome> {
    const state = await this.#dependencies.state(signal);
    const { now, send } = this.#dependencies;
    const { runs, cancellations, waiting } = state;
    for (;;) {
      const found = await runs.look(id, signal);
      if (found === undefined) return { outcome: 'unknown' };
      const { value: run, etag, isNewer } = found;
      if (isFinished(run)) return { outcome: 'finished', state: run.state };
      const at = now();
      if (run.state !== 'waiting' || isNewer) {
        const isNew = await cancellations.request(id, { by, at: at.toISOString() }, signal);
        return isNew ? { outcome: 'accepted' } : { outcome: 'cancelling', state: run.state };
      }
      endWaiting(run, 'cancelled', `${new CancelRequestedError(by).message} while it waited.`, at);
      if (!(await runs.replaced(run, etag, signal))) continue;
      await leaveIfThere({ waiting, now, send }, run, signal);
      return { outcome: 'accepted' };
    }
  }

  async list(options: { limit: number; from?: string }, signal: AbortSignal): Promise<RunPage> {
    const { runs } = await this.#dependencies.state(signal);
    return runs.list(options, signal);
  }

  /** @returns the run, whose document is written, or what somebody else has */
  async #claim(
    state: SyncState,
    request: SyncRequest,
    plan: Plan,
    signal: AbortSignal,
  ): Promise<Run | Busy> {
    const names = plan.locks.map(({ lock }) => lock);
    const claim = await claimServers(state, names, signal);
    if ('busy' in claim) return claim;
    try {
      const run = await this.#newRun(state, request, plan, signal);
      run.locks = names.map((server) => ({ server, leaseId: claim.leaseId }));
      await state.runs.create(run, signal);
      return run;
    } catch (error) {
      await releaseAll(state.leases, names, claim.leaseId);
      throw error;
    }
  }

  /** As it is when it is asked for: it holds nothing yet. */
  async #newRun(
    state: SyncState,
    request: SyncRequest,
    plan: Plan,
    signal: AbortSignal,
  ): Promise<Run> {
    const { catalog, now } = this.#dependencies;
    const { kind, user, token, calls, board } = request;
    const createdAt = now().toISOString();
    return {
      id: newRunId(now()),
      kind,
      state: 'queued',
      user,
      token,
      ...askedFor(catalog, calls),
      ...(board !== undefined && { board }),
      createdAt,
      locks: [],
      stages: withExpected(plan.stages, await knownDurations(state, signal)),
      freshness: plan.freshness,
      statements: plan.statements,
      ...(plan.queries.length > 0 && { queries: plan.queries }),
      catalog: catalog.revision,
      log: [{ at: createdAt, text: `Asked for by ${user}.` }],
    };
  }

  /** Whoever owns a server: a handful of reads, however many runs are kept. */
  async active(signal: AbortSignal): Promise<Run[]> {
    const runs = await unfinishedRuns(await this.#dependencies.state(signal), signal);
    return runs.map(({ run }) => run);
  }
}

/** The calls, and what older readers look for: their codes, their entities, their one month. */
function askedFor(
  catalog: Catalog,
  calls: Call[],
): Pick<Run, 'codes' | 'names' | 'period' | 'calls'> {
  const codes = [...new Set(calls.flatMap((call) => call.codes))];
  const named = new Set(calls.flatMap((call) => call.names));
  const names = catalog.entityOrder(...codes).filter((name) => named.has(name));
  const [period, ...others] = calls.flatMap(({ periods = [] }) => periods);
  const isOne = period && others.every((other) => comparePeriods(period, other) === 0);
  return { codes, names, ...(isOne && { period }), calls };
}

/** Who waits for these locks, at each the first of them. */
function overtaken(
  locks: readonly string[],
  before: readonly Entry[],
): { busy: string[]; runs: string[] } {
  const busy = locks.filter((lock) => before.some((entry) => entry.locks.includes(lock)));
  const first = busy.flatMap((lock) => before.find((entry) => entry.locks.includes(lock)) ?? []);
  return { busy, runs: [...new Set(first.map(({ id }) => id))] };
}

/** The catalogue's ids: of an address, too, its server is told. */
function serversOf({ locks }: Plan, names: readonly string[]): string[] {
  const found = locks.filter(({ lock }) => names.includes(lock)).map(({ server }) => server);
  return [...new Set(found)];
}

/** An estimate is no reason to refuse a sync, nor to use up the time that a claim has. */
async function knownDurations(
  { durations }: Pick<SyncState, 'durations'>,
  signal: AbortSignal,
): Promise<Durations> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(estimateMs)]);
  return durations.read(limit).catch(() => ({}));
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
