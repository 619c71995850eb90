/** /health names locks and cursors that somebody else has leased for good. */

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { exclusivesHealth } from '../../shared/app/health/exclusives-health.ts';
import { locksHealth } from '../../shared/app/health/locks-health.ts';
import { giveBackNames, takeNames } from '../../shared/sync/exclusive.ts';
import { soon, startStorage, type TestStorage } from '../support/storage.ts';
import { syncStateOf } from '../support/sync-state.ts';

let storage: TestStorage;
before(async () => {
  storage = await startStorage();
});
after(() => storage.close());

test('a lease without an end, on a lock and on a cursor, and an archived one; one of ours is none', async () => {
  const container = await storage.container();
  const { leases } = syncStateOf(container);
  const look = async () => {
    const { milliseconds: _, ...part } = await locksHealth(async () => container, soon());
    return part;
  };
  assert.deepEqual(await look(), { part: 'locks', state: 'ok' });
  assert.ok(await leases.acquire('sync/ours', randomUUID(), soon()));
  const held = [];
  for (const name of ['flexibee/x.json', 'locks/sync/dcdb']) {
    const blob = container.getBlockBlobClient(name);
    await blob.upload('null', 4);
    const lease = blob.getBlobLeaseClient(randomUUID());
    await lease.acquireLease(-1);
    held.push(lease);
  }
  const { state, reason } = await look();
  assert.equal(state, 'degraded');
  assert.match(
    reason ?? '',
    /^leased without an end or archived, .*: locks\/sync\/dcdb, flexibee\/x\.json; whatever needs them waits/,
  );
  for (const lease of held) await lease.breakLease(0);
  const cursor = container.getBlockBlobClient('flexibee/x.json');
  await cursor.setAccessTier('Archive');
  assert.match((await look()).reason ?? '', /: flexibee\/x\.json; whatever needs them waits/);
  await cursor.setAccessTier('Hot');
  assert.deepEqual(await look(), { part: 'locks', state: 'ok' });
});

test('more than a handful are counted; storage that is away is no state of the locks', async () => {
  const container = await storage.container();
  for (let n = 0; n < 7; n += 1) {
    const blob = container.getBlockBlobClient(`locks/sync/${n}`);
    await blob.upload('', 0);
    await blob.getBlobLeaseClient(randomUUID()).acquireLease(-1);
  }
  assert.match((await locksHealth(async () => container, soon())).reason ?? '', / and 2 more;/);
  const away = () => Promise.reject(new Error('away'));
  assert.equal((await locksHealth(away, soon())).state, 'failing');
});

test('who has which exclusive name, and that this is no reason for worry', async () => {
  const container = await storage.container();
  const { leases } = syncStateOf(container);
  const names = ['month-close', 'stocktaking'];
  const look = async () => {
    const [part] = await exclusivesHealth(names, async () => container, soon());
    const { milliseconds: _, ...rest } = part ?? assert.fail();
    return rest;
  };
  assert.deepEqual(await exclusivesHealth([], async () => container, soon()), []);
  assert.deepEqual(await look(), { part: 'exclusives', state: 'ok' });
  const stage = { exclusive: ['stocktaking'], database: 'wms', location: 'sql1:1433/sklad č. 1' };
  const context = { leases, runner: {}, runId: 'run-1', onWait: () => {} };
  const held = await takeNames(context, stage, soon());
  const reason = 'stocktaking is held by run-1';
  assert.deepEqual(await look(), { part: 'exclusives', state: 'ok', reason });
  // Where its session was, for whoever comes next.
  await giveBackNames(leases, held, 'lingers');
  const asked: object[] = [];
  const runner = { untilGone: async (_name: string, place: object) => void asked.push(place) };
  const next = await takeNames({ ...context, runner }, stage, soon());
  assert.deepEqual(asked, [{ database: 'wms', location: 'sql1:1433/sklad č. 1' }]);
  await giveBackNames(leases, next, 'done');
  assert.deepEqual(await look(), { part: 'exclusives', state: 'ok' });
});
