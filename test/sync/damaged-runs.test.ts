/** One odd document harms one run: what holds then, over real storage. */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { ContainerClient } from '@azure/storage-blob';
import { executeRun, RunNotFoundError } from '../../shared/sync/engine.ts';
import { removeExpiredRuns } from '../../shared/sync/retention.ts';
import type { Run } from '../../shared/sync/run.ts';
import { newRunId, RunStore } from '../../shared/sync/run-store.ts';
import { abandonedRuns, endOrphans } from '../../shared/sync/sweep.ts';
import { requestFor } from '../support/requests.ts';
import { pipelines, postRun, run, stage } from '../support/runs.ts';
import { brokenTexts, soon, startStorage, type TestStorage } from '../support/storage.ts';
import { engineOn, postingService, syncStateOf } from '../support/sync-state.ts';

let storage: TestStorage;
before(async () => {
  storage = await startStorage();
});
after(() => storage.close());

async function overwrite(
  container: ContainerClient,
  name: string,
  body: string | Buffer,
  metadata: Record<string, string> = {},
): Promise<void> {
  await container.getBlockBlobClient(name).upload(body, Buffer.byteLength(body), { metadata });
}

const request = requestFor(['0c10'], ['meter']);

async function world() {
  const container = await storage.container();
  const state = syncStateOf(container);
  const told: string[] = [];
  const runs = new RunStore(container, (text) => told.push(text));
  return { container, state: { ...state, runs }, told };
}

/** A POST's run on the server of 0c10. */
async function posted(state: Awaited<ReturnType<typeof world>>['state']): Promise<string> {
  const started = await postingService(state).start(request, soon());
  assert.ok(started.outcome === 'started');
  return started.id;
}

/** The worker that had it died, and its lease has run out. */
async function breakLeases(container: ContainerClient): Promise<void> {
  for await (const { name } of container.listBlobsFlat({ prefix: 'locks/sync/' })) {
    await container.getBlobClient(name).getBlobLeaseClient('x').breakLease(0);
  }
}

test('a damaged document ends its run as interrupted; its server is free for the next POST', async () => {
  const { container, state, told } = await world();
  const id = await posted(state);
  await overwrite(container, `runs/${id}.json`, '{"broken":');
  await breakLeases(container);
  const next = await postingService(state).start(request, soon());
  assert.equal(next.outcome, 'started');
  const ended = await postingService(state).read(id, soon());
  assert.equal(ended?.state, 'interrupted');
  assert.ok(ended?.endedAt);
  assert.match(ended.log.map(({ text }) => text).join('\n'), /runs\/.* is damaged: .*broken\//s);
  assert.deepEqual(await brokenTexts(container), ['{"broken":']);
  assert.equal(told.length, 1);
  assert.match(told[0] ?? '', new RegExp(`${id}.*broken/runs/${id}\\.json/.*interrupted`));
  assert.deepEqual(
    (await postingService(state).active(soon())).map((one) => one.id),
    ['outcome' in next && next.outcome === 'started' ? next.id : ''],
  );
});

test('the sweeper finds it, too, and a message for it calls nothing', async () => {
  const { container, state } = await world();
  const id = await posted(state);
  await overwrite(container, `runs/${id}.json`, Buffer.from([0xff, 0xfe, 0]));
  await breakLeases(container);
  assert.deepEqual(await abandonedRuns(state, new Date(), soon()), []);
  let calls = 0;
  const engine = engineOn(state, async () => {
    calls += 1;
    throw new Error('called');
  });
  assert.equal(await executeRun(engine, id, soon()), 'left');
  assert.equal(calls, 0);
  assert.equal((await state.runs.read(id, soon()))?.value.state, 'interrupted');
  assert.deepEqual(await endOrphans(state, new Date(), soon()), []);
});

test('damaged while its worker lives: the worker stops, and nobody goes on with it', async () => {
  const { container, state } = await world();
  const id = await postRun(state, pipelines(['meter', 'payment']), ['src']);
  let calls = 0;
  const engine = engineOn(state, async () => {
    calls += 1;
    await overwrite(container, `runs/${id}.json`, '[]');
    return { rows: { sum: 0, statements: 0, last: [] }, returnValue: 0 };
  });
  assert.equal(await executeRun(engine, id, soon()), 'left');
  assert.equal(calls, 1);
  assert.equal((await state.runs.read(id, soon()))?.value.state, 'interrupted');
  assert.equal((await state.leases.state('sync/src', soon())).held, false);
});

test('what could be saved is: members and stages that are what they should be', async () => {
  const { container, state } = await world();
  const id = newRunId(new Date());
  const whole: Run = {
    ...run(id, [stage('export:meter:0c10', 'dcdb'), stage('crude:meter', 'ab')]),
    state: 'running',
    startedAt: '2019-07-31T10:00:01.000Z',
  };
  const [first, second] = whole.stages;
  assert.ok(first && second);
  const begun = { ...first, state: 'running', attempts: [{ startedAt: whole.startedAt }] };
  const damaged = { ...whole, kind: [], user: 7, stages: [begun, { ...second, needs: null }, 'x'] };
  await overwrite(container, `runs/${id}.json`, JSON.stringify(damaged));
  const found = (await state.runs.read(id, soon()))?.value;
  assert.equal(found?.state, 'interrupted');
  assert.deepEqual(found?.codes, whole.codes);
  assert.equal(found?.user, 'unknown');
  assert.deepEqual(
    found?.stages.map((one) => [one.id, one.state]),
    [['export:meter:0c10', 'interrupted']],
  );
});

test('a run that had ended keeps its end, as its summary has it', async () => {
  const { container, state } = await world();
  const id = newRunId(new Date());
  const ended = { ...run(id, []), state: 'failed' as const, endedAt: '2019-07-31T11:00:00.000Z' };
  await state.runs.create(ended, soon());
  const blob = container.getBlobClient(`runs/${id}.json`);
  const { metadata = {} } = await blob.getProperties();
  await overwrite(container, `runs/${id}.json`, '{"id":', metadata);
  const found = (await state.runs.read(id, soon()))?.value;
  assert.deepEqual([found?.state, found?.endedAt], ['failed', ended.endedAt]);
  // Whose token it was is in the document only.
  assert.deepEqual([found?.user, found?.token, found?.codes], ['operator', 'unknown', ['0c10']]);
});

test('the whole document of another run is not this one’s', async () => {
  const { container, state } = await world();
  const id = newRunId(new Date());
  const other = run('zzzzzzzzz-000000', [stage('export:meter:0c10', 'dcdb')]);
  await overwrite(container, `runs/${id}.json`, JSON.stringify(other));
  const found = (await state.runs.read(id, soon()))?.value;
  assert.deepEqual([found?.id, found?.state, found?.stages], [id, 'interrupted', []]);
});

test('a blob that cannot be replaced is an ended run all the same', async () => {
  const { container, state, told } = await world();
  const id = newRunId(new Date());
  await overwrite(container, `runs/${id}.json`, '{');
  await container.getBlobClient(`runs/${id}.json`).getBlobLeaseClient().acquireLease(-1);
  assert.equal((await state.runs.read(id, soon()))?.value.state, 'interrupted');
  assert.match(told.at(-1) ?? '', /cannot be replaced/);
});

test('a lock whose owner is no run’s id is free', async () => {
  for (const owner of ['../state/durations', 'x'.repeat(3_000), '__proto__', '%', 'a b']) {
    const { container, state } = await world();
    const id = await posted(state);
    await breakLeases(container);
    for await (const { name } of container.listBlobsFlat({ prefix: 'locks/sync/' })) {
      await container.getBlobClient(name).setMetadata({ owner });
    }
    assert.deepEqual(await postingService(state).active(soon()), [], owner);
    assert.notEqual(await posted(state), id, owner);
  }
});

test('a summary that nobody can read: the document is listed', async () => {
  const { container, state } = await world();
  const id = newRunId(new Date());
  await state.runs.create(run(id, [stage('export:meter:0c10', 'dcdb')]), soon());
  const whole = await container.getBlobClient(`runs/${id}.json`).getProperties();
  const odd: Record<string, string>[] = [
    {},
    { ...whole.metadata, user: '%E0%A4%A' },
    { ...whole.metadata, created: 'yesterday' },
    { ...whole.metadata, done: '-1' },
    { ...whole.metadata, total: '1e999' },
    { ...whole.metadata, state: 'toString' },
    { __proto__x: 'x' },
  ];
  for (const metadata of odd) {
    await container.getBlobClient(`runs/${id}.json`).setMetadata(metadata);
    const { runs } = await state.runs.list({ limit: 10 }, soon());
    assert.deepEqual(
      runs.map(({ id: listed, user, stagesTotal }) => [listed, user, stagesTotal]),
      [[id, 'operator', 1]],
      JSON.stringify(metadata),
    );
  }
});

test('a run is not removed because its summary says so', async () => {
  const { container, state } = await world();
  const id = newRunId(new Date());
  await state.runs.create({ ...run(id, []), state: 'running' }, soon());
  const blob = container.getBlobClient(`runs/${id}.json`);
  const { metadata = {} } = await blob.getProperties();
  await blob.setMetadata({ ...metadata, state: 'succeeded', ended: '2019-01-01T00:00:00.000Z' });
  assert.equal(await removeExpiredRuns(state, 7, new Date(), soon()), 0);
  assert.ok(await state.runs.read(id, soon()));
});

test('a run whose document is gone is nobody’s', async () => {
  const { container, state } = await world();
  const id = await posted(state);
  await container.getBlobClient(`runs/${id}.json`).delete();
  await breakLeases(container);
  await assert.rejects(executeRun(engineOn(state), id, soon()), RunNotFoundError);
  await posted(state);
});
