/** A document that storage keeps to itself (somebody archived it) harms its own run only. */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { DurationStore } from '../../shared/sync/durations.ts';
import { executeRun } from '../../shared/sync/engine.ts';
import { RunStore } from '../../shared/sync/run-store.ts';
import { abandonedRuns, endOrphans } from '../../shared/sync/sweep.ts';
import { breakLeases } from '../support/odd-blobs.ts';
import { postRun, stage } from '../support/runs.ts';
import { soon, startStorage, type TestStorage } from '../support/storage.ts';
import { engineOn, postingService, syncStateOf } from '../support/sync-state.ts';

let storage: TestStorage;
before(async () => {
  storage = await startStorage();
});
after(() => storage.close());

/** Two abandoned runs, and the document of the first is archived. */
async function archived() {
  const container = await storage.container();
  const told: string[] = [];
  const state = {
    ...syncStateOf(container),
    runs: new RunStore(container, (text) => told.push(text)),
  };
  const id = await postRun(state, [stage('export:a:c', 'one')], ['one']);
  const other = await postRun(state, [stage('export:a:c', 'two')], ['two']);
  await container.getBlockBlobClient(`runs/${id}.json`).setAccessTier('Archive');
  await breakLeases(container);
  return { container, state, told, id, other };
}

test('it is shown as interrupted, and told; nothing else is kept from its work', async () => {
  const { state, told, id, other } = await archived();
  const service = postingService(state);
  assert.deepEqual(
    (await service.active(soon())).map((run) => run.id),
    [other],
  );
  assert.deepEqual(await abandonedRuns(state, new Date(), soon()), [other]);
  assert.deepEqual(await endOrphans(state, new Date(), soon()), []);
  const shown = await service.read(id, soon());
  assert.equal(shown?.state, 'interrupted');
  assert.match(shown?.reason ?? '', /storage does not give it: BlobArchived/);
  assert.deepEqual(shown?.codes, ['0c10'], 'as its summary has it');
  assert.match(
    told.join('\n'),
    /It cannot be replaced: run .* is interrupted, its servers are free/,
  );
});

test('its server is free, and a message for it calls nothing', async () => {
  const { state, id } = await archived();
  const engine = engineOn(state, async () => assert.fail('called'));
  assert.equal(await executeRun(engine, id, soon()), 'left');
  await postRun(state, [], ['one']);
});

test('archived while its worker lives: the worker stops and lets go', async () => {
  const { container, state, other } = await archived();
  const engine = engineOn(state, async () => {
    await container.getBlockBlobClient(`runs/${other}.json`).setAccessTier('Archive');
    return { rows: { sum: 0, statements: 0, last: [] }, returnValue: 0 };
  });
  assert.equal(await executeRun(engine, other, soon()), 'left');
  assert.equal((await state.leases.state('sync/two', soon())).held, false);
});

test('back from the archive: a run whose server another one has got meanwhile is ended', async () => {
  const { container, state, id } = await archived();
  await postRun(state, [], ['one']);
  await container.getBlockBlobClient(`runs/${id}.json`).setAccessTier('Hot');
  const leases = Object.create(state.leases, {
    lifeMs: { value: -1 },
    list: { value: (...call: [string, AbortSignal]) => state.leases.list(...call) },
  });
  assert.deepEqual(await endOrphans({ ...state, leases }, new Date(), soon()), [id]);
});

test('durations in the archive are none', async () => {
  const { container } = await archived();
  const name = 'state/durations.json';
  const blob = container.getBlockBlobClient(name);
  await blob.upload('{"version": 1}', 14);
  await blob.setAccessTier('Archive');
  assert.deepEqual(await new DurationStore(container, () => {}).read(soon()), {});
});
