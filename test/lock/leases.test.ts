import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { Leases } from '../../shared/lock/leases.ts';
import { soon, startStorage, type TestStorage } from '../support/storage.ts';

let storage: TestStorage;
before(async () => {
  storage = await startStorage();
});
after(() => storage.close());

async function newLeases(): Promise<Leases> {
  return new Leases(await storage.container(), 15);
}

test('of many at once exactly one gets a lock that nobody ever had', async () => {
  const leases = await newLeases();
  const asked = Array.from({ length: 30 }, () => leases.acquire('sync/x', randomUUID(), soon()));
  assert.equal((await Promise.all(asked)).filter(Boolean).length, 1);
});

test('the same id acquires again, another one does not', async () => {
  const leases = await newLeases();
  const [mine, other] = [randomUUID(), randomUUID()];
  assert.equal(await leases.acquire('sync/x', mine, soon()), true);
  assert.equal(await leases.acquire('sync/x', mine, soon()), true);
  assert.equal(await leases.acquire('sync/x', other, soon()), false);
});

test('a lock passes from one id to another once', async () => {
  const leases = await newLeases();
  const [claim, first, second] = [randomUUID(), randomUUID(), randomUUID()];
  await leases.acquire('sync/x', claim, soon());
  assert.equal(await leases.change('sync/x', claim, first, soon()), true);
  assert.equal(await leases.change('sync/x', claim, second, soon()), false);
  assert.equal(await leases.renewOnce('sync/x', claim, soon()), false);
  assert.equal(await leases.renewOnce('sync/x', first, soon()), true);
});

test('only the holder enters an owner, and it outlives the lease', async () => {
  const leases = await newLeases();
  const mine = randomUUID();
  await leases.acquire('sync/x', mine, soon());
  assert.equal(await leases.setOwner('sync/x', randomUUID(), 'thief', soon()), false);
  assert.equal(await leases.setOwner('sync/x', mine, 'run-1', soon()), true);
  assert.deepEqual(await leases.state('sync/x', soon()), {
    name: 'sync/x',
    held: true,
    owner: 'run-1',
  });
  await leases.release('sync/x', mine, soon());
  assert.deepEqual(await leases.list('sync/', soon()), [
    { name: 'sync/x', held: false, owner: 'run-1' },
  ]);
});

test('what is let go of is free at once; what another holds, or nobody, is no error', async () => {
  const leases = await newLeases();
  const [mine, other] = [randomUUID(), randomUUID()];
  await leases.acquire('sync/x', mine, soon());
  await leases.letGo('sync/x', other);
  assert.equal((await leases.state('sync/x', soon())).held, true);
  await leases.letGo('sync/x', mine);
  assert.equal((await leases.state('sync/x', soon())).held, false);
  await leases.letGo('sync/y', mine);
});

test('an owner is taken out again', async () => {
  const leases = await newLeases();
  const mine = randomUUID();
  await leases.acquire('sync/x', mine, soon());
  await leases.setOwner('sync/x', mine, 'run-1', soon());
  await leases.setOwner('sync/x', mine, undefined, soon());
  assert.deepEqual(await leases.state('sync/x', soon()), { name: 'sync/x', held: true });
});

test('releasing what is not ours does nothing and says nothing', async () => {
  const leases = await newLeases();
  const mine = randomUUID();
  await leases.acquire('sync/x', mine, soon());
  await leases.release('sync/x', randomUUID(), soon());
  assert.equal(await leases.acquire('sync/x', randomUUID(), soon()), false);
  assert.deepEqual(await leases.state('sync/never', soon()), { name: 'sync/never', held: false });
});
