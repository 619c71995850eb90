/** Runs whose stages wait for a window, or are left out by it: on real storage, by a clock of the test. */

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { parseCatalog } from '../../shared/catalog/index.ts';
import { rowCounts } from '../../shared/database/row-counts.ts';
import { executeRun } from '../../shared/sync/engine.ts';
import type { Run, Stage } from '../../shared/sync/run.ts';
import { abandonedRuns } from '../../shared/sync/sweep.ts';
import { unfinishedRuns } from '../../shared/sync/unfinished.ts';
import { edit, type Json, shippedJson, stepsOf } from '../catalog/edited.ts';
import { requestFor } from '../support/requests.ts';
import { postRun, stage } from '../support/runs.ts';
import { soon, startStorage, type TestStorage } from '../support/storage.ts';
import { engineOn, postingService, syncStateOf } from '../support/sync-state.ts';

let storage: TestStorage;
before(async () => {
  storage = await startStorage();
});
after(() => storage.close());

const night = { from: '22:00', to: '05:00', timeZone: 'Europe/Prague' };
const text = 'outside its window 22:00 to 05:00 Europe/Prague';
const noon = '2026-07-01T12:00:00.000Z';
const opens = '2026-07-01T20:00:00.000Z';
const never = new AbortController().signal;

/** A worker whose clock stands at `clock.now` when it takes a run. */
async function bench() {
  const state = syncStateOf(await storage.container());
  const clock = { now: noon };
  const calls: string[] = [];
  const sent: { id: string; seconds: number }[] = [];
  const during = { call: (_stage: Stage) => {} };
  const engine = {
    ...engineOn(state, async (one) => {
      calls.push(one.id);
      during.call(one);
      return { rows: rowCounts([1]), returnValue: 0 };
    }),
    now: () => new Date(clock.now),
    send: async (id: string, seconds: number) => {
      sent.push({ id, seconds });
    },
  };
  const add = (stages: Stage[]) =>
    postRun(state, stages, ['src'], `run-${Math.random().toString(36).slice(2, 10)}`);
  const read = async (id: string): Promise<Run> => {
    const found = await state.runs.read(id, soon());
    assert.ok(found);
    return found.value;
  };
  const run = (id: string) => executeRun(engine, id, never);
  return { state, clock, calls, sent, during, engine, add, read, run };
}

const window = (outside: 'wait' | 'skip') => ({ window: { ...night, outside } });
const states = ({ stages }: Run) => Object.fromEntries(stages.map(({ id, state }) => [id, state]));

describe('windows', { concurrency: true }, () => {
  test('what waits for the night: the rest goes on, then no worker has the run until then', async () => {
    const { state, clock, calls, sent, add, read, run } = await bench();
    const id = await add([
      stage('export:a:c', 'src'),
      { ...stage('crude:a', 'ab', ['export:a:c']), ...window('wait') },
      stage('heap:a', 'ab', ['crude:a']),
      stage('export:b:c', 'src'),
      stage('crude:b', 'ab', ['export:b:c']),
    ]);
    assert.equal(await run(id), 'waits');
    assert.deepEqual(calls.toSorted(), ['crude:b', 'export:a:c', 'export:b:c']);
    const asleep = await read(id);
    assert.equal(asleep.state, 'running');
    assert.equal(asleep.wakesAt, opens);
    assert.deepEqual([asleep.holder, asleep.stages[1]?.waitsFor], [undefined, { opens }]);
    assert.equal(sent.at(-1)?.id, id);
    const [{ seconds = 0 } = {}] = sent.slice(-1);
    assert.ok(Math.abs(seconds - 8 * 3600) <= 60, String(seconds));
    // Its servers stay its own, and no lease is held for it.
    const [own] = await unfinishedRuns(state, soon());
    assert.deepEqual([own?.run.id, own?.held, own?.missing], [id, false, []]);
    // The sweeper and messages that come too early leave it alone.
    assert.deepEqual(await abandonedRuns(state, new Date(clock.now), soon()), []);
    const { log } = asleep;
    assert.equal(await run(id), 'waits');
    assert.deepEqual((await read(id)).log, log);
    clock.now = '2026-07-01T20:00:01.000Z';
    assert.deepEqual(await abandonedRuns(state, new Date(clock.now), soon()), [id]);
    assert.equal(await run(id), 'finished');
    const ended = await read(id);
    assert.equal(ended.state, 'succeeded');
    assert.deepEqual(calls.slice(3), ['crude:a', 'heap:a']);
    assert.deepEqual([ended.wakesAt, ended.stages[1]?.waitsFor], [undefined, undefined]);
  });

  test('a run that waits for the night is cancelled at once', async () => {
    const { state, sent, add, read, run, engine } = await bench();
    const id = await add([
      stage('export:a:c', 'src'),
      { ...stage('crude:a', 'ab', ['export:a:c']), ...window('wait') },
    ]);
    assert.equal(await run(id), 'waits');
    const service = postingService(state, { now: engine.now, send: engine.send });
    assert.deepEqual(await service.cancel(id, 'somebody', soon()), {
      outcome: 'accepted',
      state: 'running',
    });
    assert.deepEqual(sent.at(-1), { id, seconds: 0 });
    assert.equal(await run(id), 'finished');
    const ended = await read(id);
    assert.equal(ended.state, 'cancelled');
    assert.deepEqual(states(ended), { 'export:a:c': 'succeeded', 'crude:a': 'cancelled' });
  });

  test('what is left out, and what needs it, is told why, and the run has not failed', async () => {
    const { calls, add, read, run } = await bench();
    const id = await add([
      { ...stage('export:a:c', 'src'), ...window('skip') },
      stage('crude:a', 'ab', ['export:a:c']),
      stage('heap:a', 'ab', ['crude:a']),
      stage('export:b:c', 'src'),
    ]);
    assert.equal(await run(id), 'finished');
    const ended = await read(id);
    assert.equal(ended.state, 'succeeded');
    assert.deepEqual(calls, ['export:b:c']);
    const why = `export:a:c was skipped, ${text}`;
    assert.deepEqual(
      ended.stages.map(({ state, reason }) => [state, reason]),
      [
        ['skipped', text],
        ['skipped', why],
        ['skipped', why],
        ['succeeded', undefined],
      ],
    );
  });

  test('what fails is a failure, also where the window leaves something else out', async () => {
    const { during, add, read, run } = await bench();
    during.call = () => {
      throw new Error('it fails');
    };
    const id = await add([
      { ...stage('export:a:c', 'src'), ...window('skip') },
      stage('export:b:c', 'src'),
      stage('crude:b', 'ab', ['export:b:c']),
    ]);
    assert.equal(await run(id), 'finished');
    const ended = await read(id);
    assert.equal(ended.state, 'failed');
    assert.deepEqual(ended.stages.at(-1)?.reason, undefined);
  });

  test('what will be skipped anyway waits for no night', async () => {
    const { during, add, read, run } = await bench();
    during.call = () => {
      throw new Error('it fails');
    };
    const id = await add([
      stage('export:a:c', 'src'),
      { ...stage('crude:a', 'ab', ['export:a:c']), ...window('wait') },
    ]);
    let outcome = await run(id);
    if (outcome === 'handed on') outcome = await run(id);
    assert.equal(outcome, 'finished');
    assert.deepEqual(states(await read(id)), { 'export:a:c': 'failed', 'crude:a': 'skipped' });
  });
});

/** The shipped catalogue with a window of HCS. */
function catalogWith(edits: Record<string, Json>) {
  const json = shippedJson();
  for (const [path, value] of Object.entries(edits)) edit(json, stepsOf(path), value);
  return parseCatalog(json);
}

describe('windows of a source', { concurrency: true }, () => {
  const catalog = catalogWith({
    'periods.timeZone': 'Europe/Prague',
    'dataSources[1].window': { from: '22:00', to: '05:00' },
  });
  const code = Object.keys(catalog.codes())[1] ?? '';
  const request = requestFor([code], ['meter']);

  test('a run of which nothing may begin waits in line until then, and holds nothing', async () => {
    const { state, clock, engine } = await bench();
    const service = postingService(state, { catalog, now: engine.now, send: engine.send });
    const started = await service.start(request, soon());
    assert.equal(started.outcome, 'waiting');
    const id = 'id' in started ? started.id : '';
    const waiting = (await state.runs.read(id, soon()))?.value;
    assert.deepEqual([waiting?.state, waiting?.notBefore], ['waiting', opens]);
    assert.deepEqual(await state.leases.list('sync/', soon()), []);
    // It was woken too late: the next night.
    clock.now = '2026-07-02T05:00:00.000Z';
    assert.equal(await executeRun({ ...engine, catalog }, id, never), 'waits');
    const [entry] = await state.waiting.list(soon());
    assert.equal(entry?.notBefore, '2026-07-02T20:00:00.000Z');
    clock.now = '2026-07-02T20:00:00.000Z';
    assert.equal(await executeRun({ ...engine, catalog }, id, never), 'finished');
    assert.equal((await state.runs.read(id, soon()))?.value.state, 'succeeded');
  });

  test('the plan says when each stage would begin', async () => {
    const { state, engine } = await bench();
    const service = postingService(state, { catalog, now: engine.now });
    const { stages } = await service.plan(request, soon());
    assert.deepEqual(
      stages.map(({ stage: name, beginsAt, window: own }) => [name, beginsAt, own?.from]),
      [
        ['export', opens, '22:00'],
        ['crude', opens, undefined],
        ['heap', opens, undefined],
      ],
    );
    assert.deepEqual(await state.waiting.list(soon()), []);
  });
});

test('a run claims the servers of its sources, wherever their stages run', async () => {
  const { state } = await bench();
  // The loads are made for each source: they had the aggregate base for themselves.
  const edits = {
    'pipelines[2].stages[0].once': 'source',
    'pipelines[2].stages[1].once': 'source',
  };
  const parameters = {
    'pipelines[2].stages[0].procedure': 'crude.sp_load',
    'pipelines[2].stages[1].procedure': 'heap.sp_load',
  };
  const service = postingService(state, { catalog: catalogWith({ ...edits, ...parameters }) });
  const [hcs, stek] = await Promise.all([
    service.plan(requestFor(['0c10'], ['meter']), soon()),
    service.plan(requestFor(['stek'], ['meter']), soon()),
  ]);
  assert.deepEqual(hcs.servers, [{ server: 'dcdb', isFree: true }]);
  assert.deepEqual(stek.servers, [{ server: 'server', isFree: true }]);
  assert.ok(hcs.stages.some(({ server, code }) => server === 'ab' && code !== undefined));
  const first = await service.start(requestFor(['0c10'], ['meter']), soon());
  const second = await service.start(requestFor(['stek'], ['meter']), soon());
  assert.deepEqual([first.outcome, second.outcome], ['started', 'started']);
});
