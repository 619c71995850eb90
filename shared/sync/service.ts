/** Starting and reading syncs: what the HTTP functions call. */

import { AgedCache } from '../async/aged-cache.ts';
import type { Catalog } from '../catalog/index.ts';
import type { Closure } from '../closures/closures.ts';
import { storageLimit } from '../storage/storage-call.ts';
import { neededPlan, retryRequest } from './again/retry.ts';
import { withExpected } from './durations.ts';
import { endWaiting } from './ending.ts';
import { holdersOfNames } from './exclusive.ts';
import { forecast } from './forecast.ts';
import { holdersOf } from './holders.ts';
import { CancelRequestedError } from './interruption.ts';
import { type Plan, planStages } from './plan.ts';
import { keptSince } from './retention.ts';
import { isFinished, type Run, type Stage } from './run.ts';
import { RunLooks, sharedAgeMs } from './run-looks.ts';
import { searchRuns } from './run-search.ts';
import type { RunStore } from './run-store.ts';
import { askedFor, startRun } from './start-run.ts';
import type { SyncState } from './sync-state.ts';
import type {
  CancelOutcome,
  LogText,
  PlannedRun,
  RetryRefusal,
  RetryRequest,
  RunPage,
  SearchOptions,
  SharedLook,
  StartOutcome,
  SyncRequest,
  Syncs,
} from './syncs.ts';
import { unfinishedRuns } from './unfinished.ts';
import { leaveIfThere } from './waiting/leave.ts';
import { isDue } from './waiting/line.ts';
import { mayComeTo, type Place, placesOf, type WaitsFor, whatFor } from './waiting/places.ts';
import { wakeAllHeads, wakeMs } from './waiting/wake.ts';
import { firstOpening, isAsleep } from './windows.ts';

export type { SyncState } from './sync-state.ts';

/** One look at what runs, which whoever asks meanwhile shares. */
const activeMs = 25_000;

/** Of a run of any calls: its document, written twice a stage, then has 5 MB. */
const mostStages = 5_000;

export interface SyncServiceDependencies {
  catalog: Catalog;
  /** Opened on first use: a call that needs no storage opens none. */
  state(signal: AbortSignal): Promise<SyncState>;
  now(): Date;
  /** As `Waker.send`. */
  send(id: string, delaySeconds: number, signal: AbortSignal): Promise<void>;
  /** The closure that keeps a run of these stages from beginning; absent: nothing is ever closed. */
  closed?(stages: readonly Stage[], signal: AbortSignal): Promise<Closure | undefined>;
  /** For how long finished runs are kept; 90 unless told. */
  retentionDays?: number;
  /** Of the process: looks at runs that whoever waits shares. */
  looks?: RunLooks;
  /** Of the process: the last look at what runs. */
  active?: AgedCache<Run[]>;
}

export class SyncService implements Syncs {
  readonly #dependencies: SyncServiceDependencies;
  readonly #looks: RunLooks;
  readonly #active: AgedCache<Run[]>;
  readonly #whole = new WeakMap<Run, readonly Stage[]>();

  constructor(dependencies: SyncServiceDependencies) {
    const look = async (...[id, signal, known]: Parameters<RunStore['look']>) =>
      (await dependencies.state(signal)).runs.look(id, signal, known);
    this.#dependencies = dependencies;
    this.#looks = dependencies.looks ?? new RunLooks(look);
    this.#active = dependencies.active ?? new AgedCache<Run[]>(() => performance.now());
  }

  async start(asked: SyncRequest, signal: AbortSignal): Promise<StartOutcome> {
    const plan = this.#planned(asked);
    const { catalog, now, send, closed } = this.#dependencies;
    const request = fromOpening(asked, plan.stages, now());
    const closure = await closed?.(plan.stages, signal);
    const isClosed = closure !== undefined;
    if (isClosed && request.whenBusy !== 'wait' && isDue(request, now())) {
      return { outcome: 'closed', closure };
    }
    const state = await this.#dependencies.state(signal);
    const starting = { ...state, catalog, now, send, isClosed };
    const started = await startRun(starting, request, plan, signal);
    // Whoever has started a run sees that it runs.
    this.#active.delete('');
    return started;
  }

  async again(
    { of, ...asking }: RetryRequest,
    signal: AbortSignal,
  ): Promise<SyncRequest | RetryRefusal> {
    const before = await this.read(of, signal);
    if (before === undefined) return { outcome: 'unknown' };
    return retryRequest(this.#dependencies.catalog, before, asking);
  }

  async plan(request: SyncRequest, signal: AbortSignal): Promise<PlannedRun> {
    const whole = this.#planned(request);
    const state = await this.#dependencies.state(signal);
    const { stages, locks } = await neededPlan(state, whole, request, signal);
    const names = [...new Set(stages.flatMap(({ exclusive = [] }) => exclusive))].sort();
    const [known, servers, exclusives, closed] = await Promise.all([
      state.durations.look(signal),
      holdersOf(state, locks, signal),
      holdersOfNames(state.leases, names, signal),
      this.#closed(whole.stages, signal),
    ]);
    const expected = withExpected(stages, known);
    const at = Math.max(
      this.#dependencies.now().getTime(),
      Date.parse(request.notBefore ?? '') || 0,
    );
    const { leftMs, unknownStages, criticalPath, begins } = forecast(expected, { at });
    const planned = expected.map((stage) => {
      const begin = begins.get(stage.id);
      return { ...stage, ...(begin !== undefined && { beginsAt: new Date(begin).toISOString() }) };
    });
    const asked = askedFor(this.#dependencies.catalog, request.calls);
    const times = { expectedMs: leftMs, unknownStages, criticalPath };
    return { ...asked, stages: planned, ...times, servers, exclusives, ...closed };
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
        // No worker has it, and none would look before its window opens.
        if (isAsleep(run, at)) await send(id, 0, signal);
        const { state: asked } = run;
        return { outcome: isNew ? 'accepted' : 'cancelling', state: asked };
      }
      endWaiting(run, 'cancelled', `${new CancelRequestedError(by).message} while it waited.`, at);
      if (!(await runs.replaced(run, etag, signal))) continue;
      await leaveIfThere({ waiting, now, send }, run, signal);
      return { outcome: 'accepted', state: run.state };
    }
  }

  async places(signal: AbortSignal): Promise<ReadonlyMap<string, Place>> {
    const { waiting } = await this.#dependencies.state(signal);
    return placesOf(await waiting.list(signal), this.#dependencies.now());
  }

  async waitsFor(run: Run, signal: AbortSignal): Promise<WaitsFor> {
    const { now } = this.#dependencies;
    const state = await this.#dependencies.state(signal);
    const closed = await this.#closed(this.#wholeOf(run), signal);
    return { ...(await whatFor(state, run, now(), signal)), ...closed };
  }

  async wakeLine(): Promise<void> {
    const { now, send, state } = this.#dependencies;
    try {
      const { waiting } = await state(AbortSignal.timeout(wakeMs));
      await wakeAllHeads({ waiting, now, send });
    } catch {
      // The sweeper.
    }
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

  /** Told whoever asks before it begins. */
  async #closed(
    stages: readonly Stage[],
    signal: AbortSignal,
  ): Promise<{ closed?: { until: string; reason: string } }> {
    const closure = await this.#dependencies.closed?.(stages, signal);
    return closure === undefined
      ? {}
      : { closed: { until: closure.until, reason: closure.reason } };
  }

  /** Many look at one that waits: it is planned once as long as it is the same. */
  #wholeOf(run: Run): readonly Stage[] {
    const known = this.#whole.get(run) ?? mayComeTo(this.#dependencies.catalog, run);
    this.#whole.set(run, known);
    return known;
  }

  /** @throws TooManyStagesError */
  #planned({ kind, calls }: SyncRequest): Plan {
    const limit = kind === 'calls' ? mostStages : Number.POSITIVE_INFINITY;
    return planStages(this.#dependencies.catalog, calls, limit);
  }

  /** Whoever owns a server: a handful of reads, however many runs are kept. */
  active(signal: AbortSignal): Promise<Run[]> {
    const look = async () => {
      const limit = storageLimit('read what runs', activeMs);
      const runs = await unfinishedRuns(await this.#dependencies.state(limit), limit);
      return runs.map(({ run }) => run);
    };
    return this.#active.get('', sharedAgeMs, look, signal);
  }
}

/** Where nothing of it may begin yet it waits in line until then, and holds nothing meanwhile. */
function fromOpening(request: SyncRequest, stages: readonly Stage[], now: Date): SyncRequest {
  const opens = firstOpening(stages, now)?.toISOString();
  const { notBefore = '' } = request;
  if (opens === undefined || opens <= now.toISOString() || opens <= notBefore) return request;
  return { ...request, notBefore: opens };
}
