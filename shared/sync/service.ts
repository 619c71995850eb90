/** Starting and reading syncs: what the HTTP functions call. */

import { AgedCache } from '../async/aged-cache.ts';
import type { Catalog } from '../catalog/index.ts';
import type { Closure } from '../closures/closures.ts';
import { withDeadline } from '../storage/storage-call.ts';
import type { Call } from './call.ts';
import { claimServers, ownServers, releaseAll } from './claim.ts';
import { type Durations, withExpected } from './durations.ts';
import { forecast } from './forecast.ts';
import { holdersOf } from './holders.ts';
import { comparePeriods } from './period.ts';
import { type Plan, planStages } from './plan.ts';
import { keptSince } from './retention.ts';
import { isFinished, type Run, type Stage } from './run.ts';
import { RunLooks, sharedAgeMs } from './run-looks.ts';
import { searchRuns } from './run-search.ts';
import { newRunId } from './run-store.ts';
import { forRun } from './run-values.ts';
import type { SyncState } from './sync-state.ts';
import type {
  CancelOutcome,
  LogText,
  PlannedRun,
  RunPage,
  SearchOptions,
  SharedLook,
  StartOutcome,
  SyncRequest,
  Syncs,
} from './syncs.ts';
import { unfinishedRuns } from './unfinished.ts';

export type { SyncState } from './sync-state.ts';

/** How long a sync that is asked for waits for what earlier ones have measured. */
const estimateMs = 2_000;

/** One look at what runs, which whoever asks meanwhile shares. */
const activeMs = 25_000;

/** Of a run of any calls: its document, written twice a stage, then has 5 MB. */
const mostStages = 5_000;

export interface SyncServiceDependencies {
  catalog: Catalog;
  /** Opened on first use: a call that needs no storage opens none. */
  state(signal: AbortSignal): Promise<SyncState>;
  now(): Date;
  /** The closure that keeps a run of these stages from beginning; absent: nothing is ever closed. */
  closed?(stages: readonly Stage[], signal: AbortSignal): Promise<Closure | undefined>;
  /** For how long finished runs are kept; 90 unless told. */
  retentionDays?: number;
}

export class SyncService implements Syncs {
  readonly #dependencies: SyncServiceDependencies;
  readonly #looks: RunLooks;
  readonly #active = new AgedCache<Run[]>(() => performance.now());

  constructor(dependencies: SyncServiceDependencies) {
    this.#dependencies = dependencies;
    this.#looks = new RunLooks(async (id, signal, known) =>
      (await dependencies.state(signal)).runs.look(id, signal, known),
    );
  }

  /**
   * The order is: locks, document, owner. Whoever dies on the way, or is answered by an error,
   * leaves a document that owns no server: it is never executed, and the sweeper ends it. Once the
   * document is there, what becomes of the run is in it, and the answer is its id.
   */
  async start(request: SyncRequest, signal: AbortSignal): Promise<StartOutcome> {
    const plan = this.#planned(request);
    const closure = await this.#dependencies.closed?.(plan.stages, signal);
    if (closure !== undefined) return { outcome: 'closed', closure };
    const state = await this.#dependencies.state(signal);
    const claimed = await withDeadline(
      `claim ${plan.servers.join(', ')}`,
      (bounded) => this.#claim(state, request, plan, bounded),
      state.leases.lifeMs / 2,
      signal,
    );
    if ('busy' in claimed) return { outcome: 'busy', servers: serversOf(plan, claimed.busy) };
    const taken = await owned(state, claimed, signal);
    // Whoever has started a run sees that it runs.
    this.#active.delete('');
    return taken.length === 0
      ? { outcome: 'started', id: claimed.id }
      : { outcome: 'busy', servers: serversOf(plan, taken) };
  }

  async plan(request: SyncRequest, signal: AbortSignal): Promise<PlannedRun> {
    const { stages, locks } = this.#planned(request);
    const state = await this.#dependencies.state(signal);
    const [known, servers] = await Promise.all([
      state.durations.look(signal),
      holdersOf(state, locks, signal),
    ]);
    const expected = withExpected(stages, known);
    const { leftMs, unknownStages, criticalPath } = forecast(expected);
    const asked = askedFor(this.#dependencies.catalog, request.calls);
    const times = { expectedMs: leftMs, unknownStages, criticalPath };
    return { ...asked, stages: expected, ...times, servers };
  }

  async read(id: string, signal: AbortSignal): Promise<Run | undefined> {
    const { runs } = await this.#dependencies.state(signal);
    return (await runs.look(id, signal))?.value;
  }

  async look(id: string, maxAgeMs: number, signal: AbortSignal): Promise<SharedLook | undefined> {
    const seen = await this.#looks.look(id, maxAgeMs, signal);
    return seen && { run: seen.value, etag: seen.etag };
  }

  changed(id: string, etag: string, signal: AbortSignal): Promise<void> {
    return this.#looks.changed(id, etag, signal);
  }

  async log(id: string, signal: AbortSignal): Promise<LogText> {
    const { logs } = await this.#dependencies.state(signal);
    return logs.read(id, signal);
  }

  async cancel(id: string, by: string, signal: AbortSignal): Promise<CancelOutcome> {
    const { runs, cancellations } = await this.#dependencies.state(signal);
    const run = (await runs.look(id, signal))?.value;
    if (run === undefined) return { outcome: 'unknown' };
    if (isFinished(run)) return { outcome: 'finished', state: run.state };
    const at = this.#dependencies.now().toISOString();
    const isNew = await cancellations.request(id, { by, at }, signal);
    return isNew ? { outcome: 'accepted' } : { outcome: 'cancelling', state: run.state };
  }

  async list(options: { limit: number; from?: string }, signal: AbortSignal): Promise<RunPage> {
    const { runs } = await this.#dependencies.state(signal);
    return runs.list(options, signal);
  }

  async search(options: SearchOptions, signal: AbortSignal): Promise<RunPage> {
    const { now, retentionDays = 90 } = this.#dependencies;
    const state = await this.#dependencies.state(signal);
    return searchRuns(state, options, keptSince(retentionDays, now()), signal);
  }

  /** @throws TooManyStagesError */
  #planned({ kind, calls }: SyncRequest): Plan {
    const limit = kind === 'calls' ? mostStages : Number.POSITIVE_INFINITY;
    return planStages(this.#dependencies.catalog, calls, limit);
  }

  /** @returns the run, whose document is written, or the servers that somebody else has */
  async #claim(
    state: SyncState,
    request: SyncRequest,
    plan: Plan,
    signal: AbortSignal,
  ): Promise<Run | { busy: string[] }> {
    const { now } = this.#dependencies;
    const names = plan.locks.map(({ lock }) => lock);
    const claim = await claimServers(state, names, signal);
    if ('busy' in claim) return claim;
    try {
      const at = now();
      const id = request.id ?? newRunId(at);
      const createdAt = at.toISOString();
      const { timeZone } = this.#dependencies.catalog.periods;
      const stages = forRun(plan.stages, { user: request.user, id, at, timeZone });
      const run: Run = {
        id,
        kind: request.kind,
        state: 'queued',
        user: request.user,
        token: request.token,
        ...askedFor(this.#dependencies.catalog, request.calls),
        ...(request.board !== undefined && { board: request.board }),
        createdAt,
        locks: names.map((server) => ({ server, leaseId: claim.leaseId })),
        stages: withExpected(stages, await knownDurations(state, signal)),
        freshness: plan.freshness,
        statements: plan.statements,
        ...(plan.queries.length > 0 && { queries: plan.queries }),
        catalog: this.#dependencies.catalog.revision,
        log: [{ at: createdAt, text: `Asked for by ${request.user}.` }],
      };
      await state.runs.create(run, signal);
      return run;
    } catch (error) {
      await releaseAll(state.leases, names, claim.leaseId);
      throw error;
    }
  }

  /** Whoever owns a server: a handful of reads, however many runs are kept. */
  active(signal: AbortSignal): Promise<Run[]> {
    const look = async () => {
      const limit = AbortSignal.timeout(activeMs);
      const runs = await unfinishedRuns(await this.#dependencies.state(limit), limit);
      return runs.map(({ run }) => run);
    };
    return this.#active.get('', sharedAgeMs, look, signal);
  }
}

/** The calls, and what older readers look for: their codes, their entities, their one month. */
function askedFor(
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
