/** What the sweeper finds, however many runs are kept. */

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { BlobServiceClient, type ContainerClient } from '@azure/storage-blob';
import { RunStore } from '../../shared/sync/run-store.ts';
import type { SyncState } from '../../shared/sync/service.ts';
import { abandonedRuns, endOrphans } from '../../shared/sync/sweep.ts';
import { startFaultProxy } from '../support/fault-proxy.ts';
import { breakLeases, put } from '../support/odd-blobs.ts';
import { postRun, run, stage } from '../support/runs.ts';
import { soon, startStorage, type TestStorage } from '../support/storage.ts';
import { syncStateOf } from '../support/sync-state.ts';

let storage: TestStorage;
before(async () => {
  storage = await startStorage();
});
after(() => storage.close());

/** State in which every document is older than a lease lives; nobody takes any. */
async function newState() {
  const container = await storage.container();
  return { container, state: syncStateOf(container, -1) };
}

const locks = [{ server: 'src', leaseId: 'a' }];

/** Ids sort as they are counted: 0 is the newest. */
function idOf(number: number): string {
  return `zd${String(number).padStart(7, '0')}-aaaaaa`;
}

async function write(state: SyncState, numbers: readonly number[], ended: boolean): Promise<void> {
  await Promise.all(
    numbers.map(async (number) => {
      const document = run(idOf(number), [stage('export:a:c', 'src')], locks);
      if (ended) document.state = 'succeeded';
      await state.runs.create(document, soon());
    }),
  );
}

const upTo = (end: number) => Array.from({ length: end }, (_, index) => index);

/** Sweeps until nothing was ended `idle` times in a row. */
async function sweptOut(state: SyncState, page: number, idle: number): Promise<string[]> {
  const ended: string[] = [];
  for (let without = 0; without < idle; ) {
    const found = await endOrphans(state, new Date(), soon(), page);
    ended.push(...found);
    without = found.length === 0 ? without + 1 : 0;
  }
  return ended.sort();
}

/** How many runs are listed by what is called. */
async function listedBy(work: () => Promise<unknown>): Promise<number> {
  const list = RunStore.prototype.list;
  let listed = 0;
  RunStore.prototype.list = async function counted(...parameters) {
    const page = await list.apply(this, parameters);
    listed += page.runs.length;
    return page;
  };
  try {
    await work();
  } finally {
    RunStore.prototype.list = list;
  }
  return listed;
}

describe('orphans', () => {
  test('the 1,001st run of all, as the sweeper is called', async () => {
    const { state } = await newState();
    await write(state, upTo(1_000), true);
    await write(state, [1_000], false);
    assert.deepEqual(await endOrphans(state, new Date(), soon()), [idOf(1_000)]);
  });

  test('wherever they stand, each is ended within one walk, and a sweep lists two pages', async () => {
    const { state } = await newState();
    const page = 4;
    const orphans = [0, 3, 4, 7, 8, 21, 22];
    await write(
      state,
      upTo(23).filter((number) => !orphans.includes(number)),
      true,
    );
    await write(state, orphans, false);
    const ended: string[] = [];
    for (let sweep = 0; sweep < 5; sweep += 1) {
      const listed = await listedBy(async () => {
        ended.push(...(await endOrphans(state, new Date(), soon(), page)));
      });
      assert.ok(listed <= 2 * page, `${listed} in one sweep`);
    }
    assert.deepEqual(ended.sort(), orphans.map(idOf));
    const stored = await state.runs.read(idOf(22), soon());
    assert.match(stored?.value.reason ?? '', /not the owner of sync\/src/);
  });

  test('what becomes an orphan behind the walk is found by the next one', async () => {
    const { state } = await newState();
    await write(state, upTo(11), true);
    for (let sweep = 0; sweep < 3; sweep += 1) await endOrphans(state, new Date(), soon(), 2);
    await write(state, [4_000], false);
    await write(state, [2_000], false);
    assert.deepEqual(await sweptOut(state, 2, 8), [idOf(2_000), idOf(4_000)]);
  });

  test('two sweepers at a time', async () => {
    const { state } = await newState();
    await write(state, upTo(9), true);
    await write(state, [10, 11, 12], false);
    const both = await Promise.all([sweptOut(state, 2, 8), sweptOut(state, 2, 8)]);
    assert.deepEqual(both.flat().sort(), [10, 11, 12].map(idOf));
  });

  const marks: [string, string][] = [
    ['no JSON', '{"next":'],
    ['of another kind', '{"version": 1, "next": 7}'],
    ['a mark at which storage fails', '{"version": 1, "next": "\\u0000"}'],
    ['behind everything', '{"version": 1, "next": "zzzz"}'],
  ];
  for (const [what, text] of marks) {
    test(`the place of the walk is damaged: ${what}`, async () => {
      const { container, state } = await newState();
      await write(state, upTo(6), true);
      await write(state, [7], false);
      await rubbish(container, text);
      assert.deepEqual(await sweptOut(state, 2, 8), [idOf(7)]);
    });
  }

  test('storage refuses the place of the walk: it begins anew', async (t) => {
    const proxy = await startFaultProxy(storage.connectionString);
    t.after(() => proxy.close());
    const { container, state } = await newState();
    await write(state, upTo(6), true);
    await write(state, [7], false);
    await rubbish(container, '{"version": 1, "next": "2!8!other"}');
    proxy.decide = ({ query }) =>
      query.get('marker') === '2!8!other' ? { kind: 'status', status: 400 } : undefined;
    const service = BlobServiceClient.fromConnectionString(proxy.connectionString);
    const proxied = syncStateOf(service.getContainerClient(container.containerName), -1);
    assert.deepEqual(await sweptOut(proxied, 2, 8), [idOf(7)]);
  });

  test('the place of the walk is of a newer version: left alone, the newest are seen to', async () => {
    const { container, state } = await newState();
    await write(state, upTo(6), true);
    await write(state, [7], false);
    await rubbish(container, '{"version": 2}');
    assert.deepEqual(await sweptOut(state, 2, 3), []);
    assert.deepEqual(await sweptOut(state, 8, 1), [idOf(7)]);
    const left = await container.getBlobClient('state/sweep.json').downloadToBuffer();
    assert.equal(String(left), '{"version": 2}');
  });
});

async function rubbish(container: ContainerClient, text: string): Promise<void> {
  await put(container, 'state/sweep.json', { body: Buffer.from(text), metadata: {} });
}

test('a document that storage refuses keeps nobody from the others', async (t) => {
  const proxy = await startFaultProxy(storage.connectionString);
  t.after(() => proxy.close());
  const { container, state } = await newState();
  await write(state, [1, 2, 3], false);
  const posting = syncStateOf(container);
  const owners: string[] = [];
  for (const server of ['one', 'two']) owners.push(await postRun(posting, [], [server]));
  await breakLeases(container);
  const [refused = '', other = ''] = owners;
  const isRefused = (path: string) => [refused, idOf(2)].some((id) => path.includes(`runs/${id}`));
  proxy.decide = ({ path, method }) =>
    method === 'GET' && isRefused(path) ? { kind: 'status', status: 403 } : undefined;
  const service = BlobServiceClient.fromConnectionString(proxy.connectionString);
  const proxied = syncStateOf(service.getContainerClient(container.containerName), -1);
  assert.deepEqual(await abandonedRuns(proxied, new Date(), soon()), [other]);
  assert.deepEqual(await endOrphans(proxied, new Date(), soon()), [idOf(1), idOf(3)]);
  proxy.decide = () => undefined;
  assert.deepEqual(await endOrphans(proxied, new Date(), soon()), [idOf(2)]);
});
