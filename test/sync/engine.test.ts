import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, test } from 'node:test';
import { DatabaseError } from '../../shared/database/database-error.ts';
import { rowCounts } from '../../shared/database/row-counts.ts';
import type { Leases } from '../../shared/lock/leases.ts';
import type { Cancellations } from '../../shared/sync/cancellations.ts';
import { claimServers, releaseAll } from '../../shared/sync/claim.ts';
import { type EngineDependencies, executeRun, RunNotFoundError } from '../../shared/sync/engine.ts';
import type { RunLog } from '../../shared/sync/log/run-log.ts';
import type { Run, Stage } from '../../shared/sync/run.ts';
import type { RunStore } from '../../shared/sync/run-store.ts';
import { abandonedRuns } from '../../shared/sync/sweep.ts';
import { pipelines, postRun } from '../support/runs.ts';
import { soon, startStorage, type TestStorage } from '../support/storage.ts';
import { engineOn, syncStateOf } from '../support/sync-state.ts';

let storage: TestStorage;
before(async () => {
  storage = await startStorage();
});
after(() => storage.close());

type Work = (stage: Stage, signal: AbortSignal) => Promise<void>;

interface Bench {
  dependencies: EngineDependencies;
  leases: Leases;
  runs: RunStore;
  cancellations: Cancellations;
  calls: string[];
  /** Claims the locks and writes the document, as a POST does. */
  add(stages: Stage[], servers?: string[]): Promise<string>;
  read(id: string): Promise<Run>;
}

/** The engine on real storage; what a stage does is the test's. */
async function bench(work: Work = async () => {}): Promise<Bench> {
  const container = await storage.container();
  const state = syncStateOf(container);
  const { leases, runs, cancellations } = state;
  const calls: string[] = [];
  const dependencies: EngineDependencies = {
    ...engineOn(state),
    runners: {
      procedure: {
        async open() {
          return {
            fits: () => true,
            async run(stage, _onMessage, signal) {
              calls.push(stage.id);
              await work(stage, signal);
              return { rows: rowCounts([1]), returnValue: 0 };
            },
            async close() {},
          };
        },
      },
    },
  };
  return {
    dependencies,
    leases,
    runs,
    cancellations,
    calls,
    add: (stages, servers = ['src']) => postRun({ leases, runs }, stages, servers),
    async read(id) {
      const stored = await runs.read(id, soon());
      assert.ok(stored);
      return stored.value;
    },
  };
}

const never = new AbortController().signal;

function states(document: Run): Record<string, string> {
  return Object.fromEntries(document.stages.map(({ id, state }) => [id, state]));
}

test('a run goes through, everything is written, the server is free again', async () => {
  const { dependencies, add, read, calls, leases, runs } = await bench();
  const id = await add(pipelines(['a', 'b']));
  assert.equal(await executeRun(dependencies, id, never), 'finished');
  const document = await read(id);
  assert.equal(document.state, 'succeeded');
  assert.ok(document.startedAt && document.endedAt);
  assert.equal(document.holder, undefined);
  for (const { state, attempts, rows } of document.stages) {
    assert.equal(state, 'succeeded');
    assert.ok(attempts[0]?.endedAt);
    assert.deepEqual(rows, { sum: 1, statements: 1, last: [1] });
  }
  assert.equal(calls.length, 6);
  assert.ok('leaseId' in (await claimServers({ leases, runs }, ['src'], soon())));
});

for (const [lost, said] of [
  [0, []],
  [1, ['1 lines of the log are lost.']],
  [7, ['7 lines of the log are lost.']],
] as const) {
  test(`of ${lost} lines that storage did not take the run's own log says ${said[0] ?? 'nothing'}`, async () => {
    const { dependencies, add, read } = await bench();
    const id = await add(pipelines(['a']));
    const log = { message() {}, tell() {}, close: async () => lost } as unknown as RunLog;
    const logs = { open: () => log } as unknown as EngineDependencies['logs'];
    assert.equal(await executeRun({ ...dependencies, logs }, id, never), 'finished');
    const texts = (await read(id)).log.map(({ text }) => text);
    assert.deepEqual(
      texts.filter((text) => text.includes('lost')),
      said,
    );
  });
}

test('a failed stage fails what needs it and nothing else', async () => {
  const { dependencies, add, read } = await bench(async ({ id }) => {
    if (id !== 'crude:a') return;
    throw new DatabaseError('Divide by zero error encountered.', 'permanent', {
      number: 8134,
      severity: 16,
      procedure: 'crude.sp',
      line: 7,
    });
  });
  const id = await add(pipelines(['a', 'b']));
  const lines: string[] = [];
  const log = (text: string, level = 'info') => lines.push(`${level}: ${text}`);
  await executeRun({ ...dependencies, log }, id, never);
  assert.deepEqual(lines, [
    `warn: run ${id} failed: 1 of 6 stages failed, 1 skipped; crude:a (permanent, Msg 8134)`,
  ]);
  const document = await read(id);
  assert.equal(document.state, 'failed');
  assert.deepEqual(states(document), {
    'export:a:c': 'succeeded',
    'crude:a': 'failed',
    'heap:a': 'skipped',
    'export:b:c': 'succeeded',
    'crude:b': 'succeeded',
    'heap:b': 'succeeded',
  });
  const error = document.stages[1]?.error;
  assert.equal(error?.number, 8134);
  assert.equal(error?.procedure, 'crude.sp');
  assert.equal(error?.line, 7);
});

test('of many deliveries of one message one executes, the others leave', async () => {
  const { dependencies, add, calls } = await bench();
  const id = await add(pipelines(['a', 'b', 'c']));
  const outcomes = await Promise.all(
    Array.from({ length: 8 }, () => executeRun(dependencies, id, never)),
  );
  assert.deepEqual(outcomes.sort(), ['finished', ...Array(7).fill('left')]);
  assert.equal(calls.length, 9);
  assert.equal(await executeRun(dependencies, id, never), 'left');
});

test('a message before its document comes again', async () => {
  const { dependencies } = await bench();
  await assert.rejects(executeRun(dependencies, 'unknown', never), RunNotFoundError);
});

test('a worker that stops lets go; the next one finishes without repeating what is done', async () => {
  const stopping = new AbortController();
  let stopped = false;
  const work: Work = async ({ id }, signal) => {
    if (id !== 'crude:a' || stopped) return;
    stopped = true;
    stopping.abort();
    if (!signal.aborted) await once(signal, 'abort');
    throw signal.reason;
  };
  const { dependencies, add, read, calls, leases, runs } = await bench(work);
  const id = await add(pipelines(['a']));
  assert.equal(await executeRun(dependencies, id, stopping.signal), 'stopped');
  assert.equal((await read(id)).state, 'running');
  assert.deepEqual(await abandonedRuns(dependencies, new Date(), soon()), [id]);
  const busy = await claimServers({ leases, runs }, ['src'], soon());
  assert.deepEqual(busy, { busy: ['src'], run: id });
  assert.equal(await executeRun(dependencies, id, never), 'finished');
  assert.deepEqual(calls, ['export:a:c', 'crude:a', 'crude:a', 'heap:a']);
  const document = await read(id);
  assert.equal(document.state, 'succeeded');
  assert.equal(document.stages[1]?.attempts.length, 2);
  assert.deepEqual(await abandonedRuns(dependencies, new Date(), soon()), []);
});

test('what was running when its worker died is interrupted where it may not be repeated', async () => {
  const { dependencies, add, read, calls } = await bench();
  const stages = pipelines(['a']);
  const [first] = stages;
  assert.ok(first);
  Object.assign(first, { repeatable: false, state: 'running' });
  first.attempts.push({ startedAt: new Date().toISOString() });
  const id = await add(stages);
  assert.equal(await executeRun(dependencies, id, never), 'finished');
  const document = await read(id);
  assert.equal(document.state, 'interrupted');
  assert.match(document.stages[0]?.error?.message ?? '', /dbo\.sp_export_a .* may or may not/);
  assert.deepEqual(calls, []);
});

test('after its slice a run is handed on with its locks and finished by the next call', async () => {
  const { dependencies, add, read, calls } = await bench();
  const id = await add(pipelines(['a', 'b']));
  const outcomes: string[] = [];
  const hasty = { ...dependencies, sliceMs: 0 };
  assert.equal(await executeRun(hasty, id, never), 'handed on');
  assert.equal((await read(id)).holder, undefined);
  assert.deepEqual(calls, []);
  outcomes.push(await executeRun(dependencies, id, never));
  assert.deepEqual(outcomes, ['finished']);
  assert.equal((await read(id)).state, 'succeeded');
  assert.equal(calls.length, 6);
});

test('a transient error is tried again, and every attempt is in the run', async () => {
  let failures = 1;
  const { dependencies, add, read } = await bench(async ({ id }) => {
    if (id !== 'export:a:c' || failures === 0) return;
    failures -= 1;
    throw new DatabaseError('deadlock victim', 'transient', { number: 1205 });
  });
  const id = await add(pipelines(['a']));
  await executeRun(dependencies, id, never);
  const document = await read(id);
  assert.equal(document.state, 'succeeded');
  assert.deepEqual(
    document.stages[0]?.attempts.map(({ error }) => error?.number),
    [1205, undefined],
  );
});

test('a stage over its time limit fails with the limit in its error', async () => {
  const { dependencies, add, read } = await bench(async (_stage, signal) => {
    if (!signal.aborted) await once(signal, 'abort');
    throw signal.reason;
  });
  const [first] = pipelines(['a']);
  assert.ok(first);
  first.timeoutSeconds = 0.05;
  const id = await add([first]);
  await executeRun(dependencies, id, never);
  const document = await read(id);
  assert.equal(document.state, 'failed');
  assert.deepEqual(document.stages[0]?.error, {
    message: 'timed out after 0.05 s',
    meaning: 'timed out',
  });
});

test('a cancel stops what runs, calls off what is pending and frees the servers', async () => {
  const running = Promise.withResolvers<void>();
  const { dependencies, add, read, leases, runs, cancellations } = await bench(
    async ({ id }, signal) => {
      if (id !== 'crude:a') return;
      running.resolve();
      if (!signal.aborted) await once(signal, 'abort');
      throw signal.reason;
    },
  );
  const id = await add(pipelines(['a', 'b']));
  const execution = executeRun(dependencies, id, never);
  await running.promise;
  const request = { by: 'operator', at: new Date().toISOString() };
  assert.equal(await cancellations.request(id, request, soon()), true);
  assert.equal(await cancellations.request(id, request, soon()), false);
  assert.equal(await execution, 'finished');
  const document = await read(id);
  assert.equal(document.state, 'cancelled');
  assert.deepEqual(states(document), {
    'export:a:c': 'succeeded',
    'crude:a': 'cancelled',
    'heap:a': 'cancelled',
    'export:b:c': 'succeeded',
    'crude:b': 'cancelled',
    'heap:b': 'cancelled',
  });
  assert.match(document.stages[1]?.error?.message ?? '', /Cancelled by operator/);
  assert.ok('leaseId' in (await claimServers({ leases, runs }, ['src'], soon())));
});

test('a run on which worker after worker dies is given up in the end', async () => {
  const { dependencies, add, read, runs, leases } = await bench();
  const id = await add(pipelines(['a']));
  const stored = await runs.read(id, soon());
  assert.ok(stored);
  const died = {
    ...stored.value,
    startedAt: stored.value.createdAt,
    holder: 'dead',
    takeOvers: 10,
  };
  await runs.replace(died, stored.etag, soon());
  // Its lease has run out.
  await releaseAll(leases, ['src'], stored.value.locks[0]?.leaseId ?? '');
  assert.equal(await executeRun(dependencies, id, never), 'finished');
  const document = await read(id);
  assert.equal(document.state, 'interrupted');
  assert.match(
    document.log.map(({ text }) => text).join(),
    /Given up: 10 times a worker died or stopped/,
  );
});

test('a run whose message never came is found', async () => {
  const { dependencies, add, runs } = await bench();
  const id = await add(pipelines(['a']));
  const created = Date.parse((await runs.read(id, soon()))?.value.createdAt ?? '');
  const at = (ms: number) => abandonedRuns(dependencies, new Date(created + ms), soon());
  assert.deepEqual(await at(9_000), []);
  assert.deepEqual(await at(11_000), [id]);
});
