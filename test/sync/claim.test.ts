import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Leases } from '../../shared/lock/leases.ts';
import { claimServers, releaseAll } from '../../shared/sync/claim.ts';
import { RunStore } from '../../shared/sync/run-store.ts';
import { run } from '../support/runs.ts';
import { soon, startStorage, type TestStorage } from '../support/storage.ts';

let storage: TestStorage;
before(async () => {
  storage = await startStorage();
});
after(() => storage.close());

async function newState() {
  const container = await storage.container();
  return { leases: new Leases(container, 15), runs: new RunStore(container) };
}

test('of a hundred claims at once exactly one gets the server', async () => {
  const state = await newState();
  const claims = await Promise.all(
    Array.from({ length: 100 }, (_, i) => claimServers(state, `r${i}`, ['x'], soon())),
  );
  assert.equal(claims.filter((claim) => 'leaseId' in claim).length, 1);
});

test('a claim takes all its servers or none', async () => {
  const state = await newState();
  await claimServers(state, 'first', ['b'], soon());
  assert.deepEqual(await claimServers(state, 'second', ['a', 'b', 'c'], soon()), { busy: ['b'] });
  for (const server of ['a', 'c']) {
    assert.ok('leaseId' in (await claimServers(state, `third-${server}`, [server], soon())));
  }
});

test('a server belongs to its unfinished run, even when no worker holds it', async () => {
  const state = await newState();
  const claim = await claimServers(state, 'r1', ['x'], soon());
  assert.ok('leaseId' in claim);
  const document = run('r1', [], [{ server: 'x', leaseId: claim.leaseId }]);
  const etag = await state.runs.create(document, soon());
  await releaseAll(state.leases, ['x'], claim.leaseId);
  assert.deepEqual(await claimServers(state, 'r2', ['x'], soon()), { busy: ['x'] });
  await state.runs.replace({ ...document, state: 'failed' }, etag, soon());
  assert.ok('leaseId' in (await claimServers(state, 'r3', ['x'], soon())));
});

test('a claim whose maker died before its document was written blocks nobody', async () => {
  const state = await newState();
  const claim = await claimServers(state, 'dead', ['x'], soon());
  assert.ok('leaseId' in claim);
  await releaseAll(state.leases, ['x'], claim.leaseId);
  assert.ok('leaseId' in (await claimServers(state, 'next', ['x'], soon())));
});

test('a claim waits for the release of a run that has just finished', async () => {
  const state = await newState();
  const claim = await claimServers(state, 'r1', ['x'], soon());
  assert.ok('leaseId' in claim);
  await state.runs.create({ ...run('r1', []), state: 'succeeded' }, soon());
  const next = claimServers(state, 'r2', ['x'], soon());
  await releaseAll(state.leases, ['x'], claim.leaseId);
  assert.ok('leaseId' in (await next));
});
