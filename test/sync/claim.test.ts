import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Leases } from '../../shared/lock/leases.ts';
import { claimServers, releaseAll } from '../../shared/sync/claim.ts';
import { RunStore } from '../../shared/sync/run-store.ts';
import { postRun } from '../support/runs.ts';
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

/** Leases, and what they are asked for. */
function overheard(leases: Leases) {
  const asked: string[] = [];
  const heard = new Proxy(leases, {
    get: (target, name) => {
      const value = Reflect.get(target, name, target);
      if (typeof value !== 'function') return value;
      return (...call: unknown[]) => {
        asked.push(String(name));
        return value.apply(target, call);
      };
    },
  });
  return { leases: heard, asked };
}

test('of a hundred claims at once exactly one gets the server', async () => {
  const state = await newState();
  const claims = await Promise.all(
    Array.from({ length: 100 }, () => claimServers(state, ['x'], soon())),
  );
  assert.equal(claims.filter((claim) => 'leaseId' in claim).length, 1);
});

test('a claim takes all its servers or none', async () => {
  const state = await newState();
  await claimServers(state, ['b'], soon());
  assert.deepEqual(await claimServers(state, ['a', 'b', 'c'], soon()), { busy: ['b'] });
  for (const server of ['a', 'c']) {
    assert.ok('leaseId' in (await claimServers(state, [server], soon())));
  }
});

test('a server belongs to its unfinished run, even when no worker holds it', async () => {
  const state = await newState();
  const id = await postRun(state, [], ['x']);
  const stored = await state.runs.read(id, soon());
  assert.ok(stored);
  await releaseAll(state.leases, ['x'], stored.value.locks[0]?.leaseId ?? '');
  assert.deepEqual(await claimServers(state, ['x'], soon()), { busy: ['x'], run: id });
  await state.runs.replace({ ...stored.value, state: 'failed' }, stored.etag, soon());
  assert.ok('leaseId' in (await claimServers(state, ['x'], soon())));
});

test('whoever finds a server busy has only looked: its lease stays as it was', async () => {
  const state = await newState();
  const id = await postRun(state, [], ['x']);
  const stored = await state.runs.read(id, soon());
  await releaseAll(state.leases, ['x'], stored?.value.locks[0]?.leaseId ?? '');
  const { leases, asked } = overheard(state.leases);
  assert.deepEqual(await claimServers({ ...state, leases }, ['x'], soon()), {
    busy: ['x'],
    run: id,
  });
  assert.deepEqual(
    asked.filter((name) => name === 'acquire'),
    [],
  );
});

test('a claim whose maker died before its document was written blocks nobody', async () => {
  const state = await newState();
  const claim = await claimServers(state, ['x'], soon());
  assert.ok('leaseId' in claim);
  await releaseAll(state.leases, ['x'], claim.leaseId);
  assert.ok('leaseId' in (await claimServers(state, ['x'], soon())));
});

test('a claim waits for the release of a run that has just finished', async () => {
  const state = await newState();
  const id = await postRun(state, [], ['x']);
  const stored = await state.runs.read(id, soon());
  assert.ok(stored);
  await state.runs.replace({ ...stored.value, state: 'succeeded' }, stored.etag, soon());
  const next = claimServers(state, ['x'], soon());
  await releaseAll(state.leases, ['x'], stored.value.locks[0]?.leaseId ?? '');
  assert.ok('leaseId' in (await next));
});

for (const by of [undefined, 'a run']) {
  test(`a server that is held and nobody's is looked at once more, not waited for: by ${by}`, async () => {
    const state = await newState();
    await claimServers(state, ['x'], soon());
    const { leases, asked } = overheard(state.leases);
    const busy = await claimServers({ ...state, leases }, ['x'], soon(), by);
    assert.deepEqual(busy, { busy: ['x'] });
    assert.equal(asked.filter((name) => name === 'state').length, 2);
  });
}
