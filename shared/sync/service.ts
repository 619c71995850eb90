/** Starting and reading syncs: what the HTTP functions call. */

import type { Catalog } from '../catalog/index.ts';
import type { Leases } from '../lock/leases.ts';
import { withDeadline } from '../storage/call.ts';
import { DocumentConflictError, DocumentUnreadableError } from '../storage/documents.ts';
import type { Cancellations } from './cancellations.ts';
import { claimServers, releaseAll } from './claim.ts';
import { type DurationStore, type Durations, withExpected } from './durations.ts';
import type { CancelOutcome, LogText, RunPage, StartOutcome, SyncRequest, Syncs } from './index.ts';
import type { RunLogs } from './log/run-logs.ts';
import { type Plan, planStages } from './plan.ts';
import { isFinished, type Run } from './run.ts';
import { newRunId, type RunStore } from './run-store.ts';

/** How long a sync that is asked for waits for what earlier ones have measured. */
const estimateMs = 2_000;

/** What syncs keep in storage. */
export interface SyncState {
  leases: Leases;
  runs: RunStore;
  cancellations: Cancellations;
  durations: DurationStore;
  logs: RunLogs;
}

export interface SyncServiceDependencies {
  catalog: Catalog;
  /** Opened on first use: a call that needs no storage opens none. */
  state(signal: AbortSignal): Promise<SyncState>;
  now(): Date;
}

export class SyncService implements Syncs {
  readonly #dependencies: SyncServiceDependencies;

  constructor(dependencies: SyncServiceDependencies) {
    this.#dependencies = dependencies;
  }

  /**
   * The order is: lock, owner, document. Whoever dies in between leaves nothing that blocks, and
   * whoever is too slow gives up while the lease is surely his: an owner without a document is
   * nobody to the next claim.
   */
  async start(request: SyncRequest, signal: AbortSignal): Promise<StartOutcome> {
    const { catalog } = this.#dependencies;
    const plan = planStages(catalog, request);
    const state = await this.#dependencies.state(signal);
    return withDeadline(
      `claim ${plan.servers.join(', ')}`,
      (bounded) => this.#claim(state, request, plan, bounded),
      state.leases.lifeMs / 2,
      signal,
    );
  }

  async read(id: string, signal: AbortSignal): Promise<Run | undefined> {
    const { runs } = await this.#dependencies.state(signal);
    return (await runs.read(id, signal))?.value;
  }

  async log(id: string, signal: AbortSignal): Promise<LogText> {
    const { logs } = await this.#dependencies.state(signal);
    return logs.read(id, signal);
  }

  async cancel(id: string, by: string, signal: AbortSignal): Promise<CancelOutcome> {
    const { runs, cancellations } = await this.#dependencies.state(signal);
    const run = (await runs.read(id, signal))?.value;
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

  async #claim(
    state: SyncState,
    request: SyncRequest,
    plan: Plan,
    signal: AbortSignal,
  ): Promise<StartOutcome> {
    const { now } = this.#dependencies;
    const id = newRunId(now());
    const claim = await claimServers(state, id, plan.servers, signal);
    if ('busy' in claim) return { outcome: 'busy', servers: claim.busy };
    const createdAt = now().toISOString();
    const run: Run = {
      id,
      kind: request.kind,
      state: 'queued',
      user: request.user,
      token: request.token,
      codes: request.codes,
      names: request.names,
      ...(request.period !== undefined && { period: request.period }),
      createdAt,
      locks: plan.servers.map((server) => ({ server, leaseId: claim.leaseId })),
      stages: withExpected(plan.stages, await knownDurations(state, signal)),
      freshness: plan.freshness,
      log: [{ at: createdAt, text: `Asked for by ${request.user}.` }],
    };
    try {
      await createOnce(state.runs, run, signal);
    } catch (error) {
      await releaseAll(state.leases, plan.servers, claim.leaseId);
      throw error;
    }
    return { outcome: 'started', id };
  }

  /** Whoever owns a server: a handful of reads, however many runs are kept. */
  async active(signal: AbortSignal): Promise<Run[]> {
    const runs = await unfinishedRuns(await this.#dependencies.state(signal), signal);
    return runs.map(({ run }) => run);
  }
}

/** An estimate is no reason to refuse a sync, nor to use up the time that a claim has. */
async function knownDurations(
  { durations }: Pick<SyncState, 'durations'>,
  signal: AbortSignal,
): Promise<Durations> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(estimateMs)]);
  return durations.read(limit).catch(() => ({}));
}

/** An id is made for one run: a document of that name is this run's. */
async function createOnce(runs: RunStore, run: Run, signal: AbortSignal): Promise<void> {
  try {
    await runs.create(run, signal);
  } catch (error) {
    // Ours, but its answer was lost, and a worker that the sweeper sent has written to it since.
    if (!(error instanceof DocumentConflictError)) throw error;
  }
}

/** Unfinished runs that own a server, and whether a worker is alive on any of its locks. */
export async function unfinishedRuns(
  { leases, runs }: Pick<SyncState, 'leases' | 'runs'>,
  signal: AbortSignal,
): Promise<{ run: Run; held: boolean }[]> {
  const held = new Map<string, boolean>();
  for (const lock of await leases.list('sync/', signal)) {
    if (lock.owner === undefined) continue;
    held.set(lock.owner, (held.get(lock.owner) ?? false) || lock.held);
  }
  const found = await Promise.all(
    [...held].map(async ([id, isHeld]) => {
      const run = await readable(runs, id, signal);
      return run === undefined || isFinished(run) ? [] : [{ run, held: isHeld }];
    }),
  );
  return found.flat().sort((a, b) => (a.run.id < b.run.id ? -1 : 1));
}

/** One document that nobody understands must not hide the others; whoever needs it hears of it. */
async function readable(runs: RunStore, id: string, signal: AbortSignal): Promise<Run | undefined> {
  try {
    return (await runs.read(id, signal))?.value;
  } catch (error) {
    if (error instanceof DocumentUnreadableError) return undefined;
    throw error;
  }
}
