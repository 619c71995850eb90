/**
 * What benchmarks of syncs run on: real storage (Azurite), the real driver over the wire, and
 * procedures that only take time, in a process of their own.
 */

import { randomUUID } from 'node:crypto';
import type { Azurite } from 'stand-in-kit/azurite';
import { procedureRunner } from '../shared/app/runners/procedure-runner.ts';
import { parseAddress } from '../shared/database/address.ts';
import { Databases } from '../shared/database/databases.ts';
import { callOnTerms } from '../shared/database/transaction.ts';
import { openContainer } from '../shared/storage/container.ts';
import { checkAsker } from '../shared/sync/checks/ask.ts';
import { executeRun } from '../shared/sync/engine.ts';
import { freshnessReader, type ReadFreshness } from '../shared/sync/freshness.ts';
import type { Run, Stage } from '../shared/sync/run.ts';
import { RunStore } from '../shared/sync/run-store.ts';
import { SyncService } from '../shared/sync/service.ts';
import { syncState } from '../shared/sync/sync-state.ts';
import type { Call, SyncRequest } from '../shared/sync/syncs.ts';
import { type BenchServer, standIn } from './bench-server.ts';
import { runOriginal } from './original.ts';
import { catalog } from './plans.ts';
import type { LoadModel } from './time-model.ts';

const never = new AbortController().signal;

export interface Bench {
  /** Milliseconds from the POST's work to the written end, and how often the document was written. */
  ours(calls: readonly Call[]): Promise<{ ms: number; run: Run; writes: number }>;
  /** @param sessions `closed`: after each entity, as the original does; `kept`: opened once before */
  original(codes: readonly string[], sessions?: 'closed' | 'kept'): Promise<number>;
  /** Milliseconds of a chain of stages when nothing but a write and the call is made for each. */
  bareChain(run: Run, chain: readonly Stage[]): Promise<number>;
  /** Milliseconds of a stage's own storage writes and its procedure call, made bare. */
  bare(run: Run): Promise<{ ms: number; withoutLeases: number }>;
  /** Milliseconds of what a stage's call is made of, medians of `times`. */
  pieces(stage: Stage, times: number): Promise<Record<string, number>>;
  close(): Promise<void>;
}

/** Knows when a document was written last: what comes after a run's end is not part of it. */
class TimedRunStore extends RunStore {
  writtenAt = 0;
  writes = 0;

  override async replace(run: Run, etag: string, signal: AbortSignal): Promise<string> {
    const written = await super.replace(run, etag, signal);
    this.writtenAt = performance.now();
    this.writes += 1;
    return written;
  }
}

export function middle(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;
}

/** @param starting the stand-in unless told */
export async function startBench(
  azurite: Azurite,
  model: LoadModel,
  starting: Promise<BenchServer> = standIn(model),
): Promise<Bench> {
  const server = await starting;
  const databases = new Databases(
    catalog.databases.map(({ id, connection: setting }) => ({
      id,
      setting,
      connectionString: server.connection(id),
    })),
  );
  const container = await openContainer(
    { kind: 'connection string', connectionString: azurite.connectionString },
    never,
  );
  const state = { ...syncState(container, 60), runs: new TimedRunStore(container) };
  const now = () => new Date();
  const send = async () => {};
  const syncs = new SyncService({ catalog, now, state: async () => state, send });
  const freshness = freshnessReader(databases, now);
  /** As many queries as the catalogue has, which take no time. */
  const readFreshness: ReadFreshness = (_run, { queries = [] }, signal, isLeft) => {
    const cheap = queries.map((query) => ({ ...query, statement: 0, parameters: [] }));
    const statements = ['SELECT 1 AS [freshness]'];
    return freshness({ statements }, { queries: cheap }, signal, isLeft);
  };
  const engine = {
    ...state,
    catalog,
    now,
    send,
    sliceMs: 3_600_000,
    log: () => {},
    runners: { procedure: procedureRunner(databases) },
    readFreshness,
    askChecks: checkAsker(databases),
  };
  const openSessions = async (stages: readonly Stage[]) => {
    const ids = [...new Set(stages.map(({ database }) => database))];
    const open = async (id: string) => [id, await databases.session(id, never)] as const;
    return new Map(await Promise.all(ids.map(open)));
  };
  return {
    async ours(calls) {
      const startedAt = performance.now();
      const before = state.runs.writes;
      const request: SyncRequest = {
        kind: 'calls',
        calls: [...calls],
        user: 'bench',
        token: 'bench',
      };
      const started = await syncs.start(request, never);
      if (started.outcome !== 'started') throw new Error(JSON.stringify(started));
      await executeRun(engine, started.id, never);
      const ms = state.runs.writtenAt - startedAt;
      const run = await syncs.read(started.id, never);
      if (run?.state !== 'succeeded') throw new Error(`the run ended ${run?.state}`);
      return { ms, run, writes: state.runs.writes - before };
    },
    original: (codes, sessions) =>
      runOriginal(codes, (id) => parseAddress(server.connection(id)).config, sessions),
    async bareChain(run, chain) {
      const copy = { ...run, id: `bare-${randomUUID()}` };
      let etag = await state.runs.create(copy, never);
      const sessions = await openSessions(chain);
      const startedAt = performance.now();
      for (const stage of chain) {
        etag = await state.runs.replace(copy, etag, never);
        await sessions.get(stage.database)?.call(stage, () => {}, never);
      }
      await state.runs.replace(copy, etag, never);
      const ms = performance.now() - startedAt;
      for (const session of sessions.values()) session.release();
      return ms;
    },
    async bare(run) {
      const holder = randomUUID();
      const copy = { ...run, id: `bare-${holder}` };
      let etag = await state.runs.create(copy, never);
      const stages = run.stages;
      let leaseMs = 0;
      const startedAt = performance.now();
      const sessions = await openSessions(stages);
      for (const stage of stages) {
        const leaseAt = performance.now();
        await state.leases.acquire(`procedure/bare-${stage.server}`, holder, never);
        leaseMs += performance.now() - leaseAt;
        etag = await state.runs.replace(copy, etag, never);
        await sessions.get(stage.database)?.call(stage, () => {}, never);
        const releaseAt = performance.now();
        await state.leases.release(`procedure/bare-${stage.server}`, holder, never);
        leaseMs += performance.now() - releaseAt;
      }
      const ms = performance.now() - startedAt;
      for (const session of sessions.values()) session.release();
      return { ms: ms / stages.length, withoutLeases: (ms - leaseMs) / stages.length };
    },
    async pieces(stage, times) {
      const session = await databases.session(stage.database, never);
      const median = async (work: () => Promise<unknown>) => {
        const taken: number[] = [];
        for (let time = 0; time < times; time += 1) {
          const startedAt = performance.now();
          await work();
          taken.push(performance.now() - startedAt);
        }
        return middle(taken);
      };
      const judge = () => {};
      const terms = (transaction: 'own' | 'none') => ({ transaction, judge, holder: 'bench' });
      try {
        return {
          call: await median(() => session.call(stage, () => {}, never)),
          counted: await median(() => callOnTerms(session, stage, terms('none'), never)),
          'in a transaction': await median(() => callOnTerms(session, stage, terms('own'), never)),
          reset: await median(() => session.reset(never)),
        };
      } finally {
        session.release();
      }
    },
    async close() {
      await databases.close();
      await server.close();
    },
  };
}
