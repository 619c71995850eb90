/**
 * `npm run bench:sync`: how far a sync is from the fastest that its procedures allow.
 *
 * Real storage (Azurite) and the real driver over the wire; the procedures only take time. What is
 * compared runs in one go, so that the ratios hold on any machine. Unless told otherwise
 * the operators' 516 minutes for all fifteen sources become 129 s.
 */

import { type ChildProcess, fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type sql from 'mssql';
import { type Azurite, startAzurite } from 'stand-in-kit/azurite';
import { procedureRunner } from '../shared/app/runners/procedure-runner.ts';
import { commandLine } from '../shared/command-line/command-line.ts';
import { numberAboveZero } from '../shared/command-line/options.ts';
import { Databases } from '../shared/database/databases.ts';
import { Leases } from '../shared/lock/leases.ts';
import { openContainer } from '../shared/storage/container.ts';
import { Cancellations } from '../shared/sync/cancellations.ts';
import { DurationStore } from '../shared/sync/durations.ts';
import { executeRun } from '../shared/sync/engine.ts';
import { RunLogs } from '../shared/sync/log/run-logs.ts';
import type { Run, Stage } from '../shared/sync/run.ts';
import { RunStore } from '../shared/sync/run-store.ts';
import { SyncService } from '../shared/sync/service.ts';
import { runOriginal } from './original.ts';
import { allSources, catalog, lowerBoundMs, namesOf, period, planOf, timesOf } from './plans.ts';
import type { LoadModel } from './time-model.ts';

const { pace } = commandLine({
  name: 'npm run bench:sync --',
  what: 'How far a sync is from the fastest that its procedures allow.',
  options: {
    pace: { ...numberAboveZero("by how much the operators' seconds are divided"), default: 240 },
  },
});
const never = new AbortController().signal;

interface Bench {
  /** Milliseconds from the POST's work to the written end. */
  ours(codes: readonly string[]): Promise<{ ms: number; run: Run }>;
  original(codes: readonly string[]): Promise<number>;
  /** Milliseconds of a chain of stages when nothing but a write and the call is made for each. */
  bareChain(run: Run, chain: readonly Stage[]): Promise<number>;
  /** Milliseconds of a stage's own storage writes and its procedure call, made bare. */
  bare(run: Run): Promise<{ ms: number; withoutLeases: number }>;
  close(): Promise<void>;
}

/** Knows when a document was written last: what comes after a run's end is not part of it. */
class TimedRunStore extends RunStore {
  writtenAt = 0;

  override async replace(run: Run, etag: string, signal: AbortSignal): Promise<string> {
    const written = await super.replace(run, etag, signal);
    this.writtenAt = performance.now();
    return written;
  }
}

async function startServer(model: LoadModel): Promise<{ child: ChildProcess; port: number }> {
  const child = fork(fileURLToPath(new URL('sync-server.ts', import.meta.url)), [
    JSON.stringify(model),
  ]);
  const [message] = (await once(child, 'message')) as [{ port: number }];
  return { child, port: message.port };
}

async function startBench(azurite: Azurite, model: LoadModel): Promise<Bench> {
  const { child, port } = await startServer(model);
  const connection = (database: string) =>
    `Server=127.0.0.1,${port};Database=${database};User Id=bench;Password=bench;Encrypt=false`;
  const databases = new Databases(
    catalog.databases.map(({ id, connection: setting }) => ({
      id,
      setting,
      connectionString: connection(id),
    })),
  );
  const container = await openContainer(
    { kind: 'connection string', connectionString: azurite.connectionString },
    never,
  );
  const state = {
    leases: new Leases(container, 60),
    runs: new TimedRunStore(container),
    cancellations: new Cancellations(container),
    durations: new DurationStore(container),
    logs: new RunLogs(container),
  };
  const now = () => new Date();
  const syncs = new SyncService({ catalog, now, state: async () => state });
  const read = (text: string) => databases.query('ab', text, [], never);
  const engine = {
    ...state,
    catalogRevision: catalog.revision,
    now,
    sliceMs: 3_600_000,
    log: () => {},
    runners: { procedure: procedureRunner(databases) },
    readFreshness: async () => {
      await read('SELECT 1');
      return { at: now().toISOString() };
    },
  };
  const openSessions = async (stages: readonly Stage[]) => {
    const ids = [...new Set(stages.map(({ database }) => database))];
    const open = async (id: string) => [id, await databases.session(id, never)] as const;
    return new Map(await Promise.all(ids.map(open)));
  };
  return {
    async ours(codes) {
      const startedAt = performance.now();
      const started = await syncs.start(
        {
          kind: 'data_source',
          calls: [{ codes: [...codes], names: namesOf(codes), whole: true, periods: [period] }],
          user: 'bench',
          token: 'bench',
        },
        never,
      );
      if (started.outcome !== 'started') throw new Error(JSON.stringify(started));
      await executeRun(engine, started.id, never);
      const ms = state.runs.writtenAt - startedAt;
      const run = await syncs.read(started.id, never);
      if (run?.state !== 'succeeded') throw new Error(`the run ended ${run?.state}`);
      return { ms, run };
    },
    original: (codes) =>
      runOriginal(
        codes,
        (database): sql.config => ({
          server: '127.0.0.1',
          port,
          database,
          user: 'bench',
          password: 'bench',
          options: { encrypt: false },
          requestTimeout: 0,
        }),
      ),
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
    async close() {
      await databases.close();
      child.disconnect();
      await once(child, 'exit');
    },
  };
}

function row(what: string, original: number, ours: number, bound: number): string {
  const cells = [
    what.padEnd(44),
    original.toFixed(0).padStart(9),
    ours.toFixed(0).padStart(9),
    bound.toFixed(0).padStart(9),
    `${(ours / bound).toFixed(3)}`.padStart(8),
    `${(original / ours).toFixed(2)}`.padStart(8),
  ];
  return `| ${cells.join(' | ')} |`;
}

/** Prints a row of medians; of several rounds also what the longest chain costs when made bare. */
async function compare(
  azurite: Azurite,
  what: string,
  codes: readonly string[],
  model: LoadModel,
  rounds = 1,
): Promise<void> {
  const bench = await startBench(azurite, model);
  try {
    await bench.ours(['0c23']); // connections and code are warm then, as in a running worker
    const [ours, originals, bares]: [number[], number[], number[]] = [[], [], []];
    let bound = 0;
    for (let round = 0; round < rounds; round += 1) {
      const { ms, run } = await bench.ours(codes);
      ours.push(ms);
      originals.push(await bench.original(codes));
      bound = lowerBoundMs(run.stages, model);
      if (rounds > 1) bares.push(await bench.bareChain(run, longestChain(run)));
    }
    console.log(row(what, middle(originals), middle(ours), bound));
    if (rounds > 1) {
      const bare = middle(bares);
      const ratios = `${(bare / bound).toFixed(3)} of the bound, ours : bare ${(middle(ours) / bare).toFixed(3)}`;
      console.log(`(its longest chain made bare: ${bare.toFixed(0)} ms, ${ratios})`);
    }
  } finally {
    await bench.close();
  }
}

/** Where AB is the busiest server and its first stage needs one export: that, and all of AB. */
function longestChain({ stages }: Run): Stage[] {
  const [first] = stages;
  return stages.filter((stage) => stage === first || stage.server === 'ab');
}

async function overhead(azurite: Azurite): Promise<void> {
  const bench = await startBench(azurite, { kind: 'fixed', ms: { export: 0, crude: 0, heap: 0 } });
  try {
    await bench.ours(['0c10']);
    const ours: number[] = [];
    const bares: { ms: number; withoutLeases: number }[] = [];
    for (let round = 0; round < 9; round += 1) {
      const { ms, run } = await bench.ours(['0c10']);
      ours.push(ms / run.stages.length);
      bares.push(await bench.bare(run));
    }
    const stage = middle(ours);
    const bare = middle(bares.map(({ ms }) => ms));
    const lean = middle(bares.map(({ withoutLeases }) => withoutLeases));
    const original = (await bench.original(['0c10'])) / 60;
    console.log(`Procedures that take no time, 60 stages, medians of 9 rounds, ms a stage:
  ours ${stage.toFixed(2)}; its storage writes and its call made bare ${bare.toFixed(2)} (ratio ${(stage / bare).toFixed(2)}), without the lease ${lean.toFixed(2)} (ratio ${(stage / lean).toFixed(2)}); the original, which writes nothing down, ${original.toFixed(2)}
`);
  } finally {
    await bench.close();
  }
}

function middle(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;
}

const azurite = await startAzurite();
try {
  await overhead(azurite); // first: the rows find warm code and a warm emulator, as a worker does
  console.log(`| what | original ms | ours ms | bound ms | ours/bound | original/ours |`);
  console.log('| --- | ---: | ---: | ---: | ---: | ---: |');
  const fixed: LoadModel = { kind: 'fixed', ms: { export: 50, crude: 100, heap: 60 } };
  await compare(azurite, '0c10, 50 + 100 + 60 ms for each entity', ['0c10'], fixed, 3);
  const single: LoadModel = { kind: 'noted', pace, load: 'sum' };
  const slower: LoadModel = { ...single, pace: pace / 4 };
  await compare(azurite, `0c10, noted seconds / ${pace / 4}`, ['0c10'], slower);
  await compare(azurite, `mo, noted seconds / ${pace}`, ['mo'], single);
  for (const load of ['same', 'sum'] as const) {
    const model: LoadModel = { kind: 'noted', pace, load };
    await compare(
      azurite,
      `all fifteen / ${pace}, a shared load costs the ${load}`,
      allSources,
      model,
    );
  }
  const busiest = timesOf(planOf(allSources), { kind: 'noted', pace: 1, load: 'sum' });
  console.log(
    `\nNoted seconds of all fifteen: ${(busiest.reduce((a, b) => a + b, 0) / 60_000).toFixed(0)} minutes.`,
  );
} finally {
  await azurite.close();
}
