import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Run } from '../../shared/sync/run.ts';
import { newRunId, RunStore } from '../../shared/sync/run-store.ts';
import { run, stage } from '../support/runs.ts';
import { soon, startStorage, type TestStorage } from '../support/storage.ts';

let storage: TestStorage;
before(async () => {
  storage = await startStorage();
});
after(() => storage.close());

/** Azure Storage, Setting and retrieving properties and metadata: 8 KB in all. */
const metadataRoom = 8_192;

async function metadataBytes(id: string, container: Awaited<ReturnType<TestStorage['container']>>) {
  const { metadata = {} } = await container.getBlobClient(`runs/${id}.json`).getProperties();
  return Object.entries(metadata).reduce((sum, pair) => sum + pair.join('').length, 0);
}

test('a run of hundreds of long codes fits its metadata, the listing says how many it left out', async () => {
  const container = await storage.container();
  const runs = new RunStore(container);
  const codes = Array.from({ length: 900 }, (_, i) => `c${String(i).padStart(62, '0')}`);
  const document: Run = { ...run(newRunId(new Date()), []), codes, user: '界'.repeat(128) };
  await runs.create(document, soon());
  const bytes = await metadataBytes(document.id, container);
  assert.ok(bytes <= metadataRoom, `${bytes} bytes`);
  const [line] = (await runs.list({ limit: 1 }, soon())).runs;
  assert.ok(line?.moreCodes);
  assert.deepEqual(line.codes, codes.slice(0, line.codes.length));
  assert.equal(line.codes.length + line.moreCodes, codes.length);
  assert.deepEqual((await runs.read(document.id, soon()))?.value.codes, codes);
});

test('a run of some codes is listed with all of them', async () => {
  const runs = new RunStore(await storage.container());
  const codes = Array.from({ length: 500 }, (_, i) => `${i}`.padStart(4, '0'));
  await runs.create({ ...run(newRunId(new Date()), []), codes }, soon());
  const [line] = (await runs.list({ limit: 1 }, soon())).runs;
  assert.deepEqual([line?.codes, line?.moreCodes], [codes, undefined]);
});

test('a run of an earlier version is read: every count and twenty messages', async () => {
  const container = await storage.container();
  const runs = new RunStore(container);
  const id = newRunId(new Date());
  const { messages: _, ...bare } = stage('export:payment:0c10', 'dcdb');
  const said = [1, 2].map((n) => ({ at: '2019-07-31T10:00:02.000Z', text: `${n}000 строк` }));
  const earlier = {
    ...run(id, []),
    stages: [
      { ...bare, state: 'succeeded', rowsAffected: [1, 2, 3, 4, 5, 6], messages: said },
      { ...bare, id: 'export:meter:0c10', messages: [] },
    ],
  };
  const body = JSON.stringify(earlier);
  const blob = container.getBlockBlobClient(`runs/${id}.json`);
  await blob.upload(body, Buffer.byteLength(body));
  const [first, second] = (await runs.read(id, soon()))?.value.stages ?? [];
  assert.deepEqual(first?.rows, { sum: 21, statements: 6, last: [2, 3, 4, 5, 6] });
  assert.deepEqual(first?.messages, { count: 2, last: said[1] });
  assert.deepEqual([second?.rows, second?.messages], [undefined, { count: 0 }]);
});
