import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { BlobServiceClient } from '@azure/storage-blob';
import { scaled } from 'stand-in-kit/testing/patience';
import { claimServers, ownServers, takeOverLocks } from '../../shared/sync/claim.ts';
import type { SyncState } from '../../shared/sync/service.ts';
import { type Fault, type ProxiedRequest, startFaultProxy } from '../support/fault-proxy.ts';
import { hash, pick, seededRandom } from '../support/random.ts';
import { randomFaults } from '../support/random-faults.ts';
import { requestFor } from '../support/requests.ts';
import { postRun, run } from '../support/runs.ts';
import { soon, startStorage, type TestStorage } from '../support/storage.ts';
import { postingService, syncStateOf } from '../support/sync-state.ts';

let storage: TestStorage;
before(async () => {
  storage = await startStorage();
});
after(() => storage.close());

/** State through the proxy and past it, on the same container. */
async function newState(t: { after(work: () => Promise<void>): void }) {
  const proxy = await startFaultProxy(storage.connectionString);
  t.after(() => proxy.close());
  const direct = await storage.container();
  const service = BlobServiceClient.fromConnectionString(proxy.connectionString, {
    retryOptions: { maxTries: 1 },
  });
  const container = service.getContainerClient(direct.containerName);
  return { proxy, state: syncStateOf(container), other: syncStateOf(direct) };
}

/** The lease ids that a client has asked for. */
function askedFor(requests: readonly ProxiedRequest[]): string[] {
  const ids = requests.map(({ headers }) => headers['x-ms-proposed-lease-id']);
  return [...new Set(ids)].filter((id) => typeof id === 'string');
}

async function heldLocks({ leases }: SyncState): Promise<string[]> {
  const locks = await leases.list('sync/', soon());
  return locks.filter(({ held }) => held).map(({ name }) => name);
}

const request = requestFor(['stek'], ['meter']);

describe('claims under faults', { concurrency: true }, () => {
  test('random faults: all servers or none, never two owners, nothing left held', async (t) => {
    const seed = Number(process.env['FAULT_SEED'] ?? Date.now() % 1e9);
    t.diagnostic(`FAULT_SEED=${seed}`);
    await Promise.all(
      Array.from({ length: 8 }, async (_, index) => {
        const { proxy, state, other } = await newState(t);
        const random = seededRandom(hash(`${seed} ${index}`));
        proxy.decide = randomFaults({ seed: hash(`${seed} ${index}`), rate: 0.25, stallMs: 40 });
        const sets = [['a'], ['b'], ['c'], ['a', 'b'], ['b', 'c'], ['a', 'b', 'c']];
        const asked = Array.from({ length: 6 }, () => pick(random, sets));
        const claims = await Promise.all(
          asked.map(async (servers, number) => {
            const claim = await claimServers(state, servers, soon());
            return { servers, runId: `run-${number}`, claim };
          }),
        );
        const owners = new Map<string, string>();
        for (const { servers, runId, claim } of claims) {
          if ('busy' in claim) continue;
          const locks = servers.map((server) => ({ server, leaseId: claim.leaseId }));
          assert.deepEqual(await ownServers(state.leases, run(runId, [], locks), soon()), []);
          for (const server of servers) {
            assert.equal(owners.has(server), false, `two owners of ${server}`);
            owners.set(server, runId);
            assert.ok(await other.leases.renewOnce(`sync/${server}`, claim.leaseId, soon()));
          }
        }
        assert.ok(owners.size > 0, 'somebody must win');
        for (const { name, held, owner } of await other.leases.list('sync/', soon())) {
          const server = name.slice('sync/'.length);
          assert.equal(held, owners.has(server), `${server} is held by nobody who knows of it`);
          if (held) assert.equal(owner, owners.get(server));
        }
      }),
    );
  });

  test('storage that fails in the middle of a claim leaves nothing held', async (t) => {
    const { proxy, state, other } = await newState(t);
    proxy.decide = ({ operation }) =>
      operation.includes('acquire locks/sync/c') ? { kind: 'status', status: 403 } : undefined;
    await assert.rejects(claimServers(state, ['a', 'b', 'c'], soon()), { statusCode: 403 });
    assert.deepEqual(await heldLocks(other), []);
  });

  test('a caller who leaves in the middle of a claim leaves nothing held', async (t) => {
    const { proxy, state, other } = await newState(t);
    const leaving = new AbortController();
    const stalled = Promise.withResolvers<void>();
    proxy.decide = ({ operation }) => {
      if (!operation.includes('acquire locks/sync/b')) return undefined;
      leaving.abort();
      return { kind: 'slow', until: stalled.promise };
    };
    await assert.rejects(claimServers(state, ['a', 'b'], leaving.signal), {
      name: 'AbortError',
    });
    stalled.resolve();
    assert.deepEqual(await heldLocks(other), []);
  });

  test('a claim whose lease ran out before it was entered is none', async (t) => {
    const { proxy, state, other } = await newState(t);
    const overtaken = Promise.withResolvers<void>();
    const entering = Promise.withResolvers<void>();
    proxy.decide = ({ operation }) => {
      if (!operation.includes('metadata locks')) return undefined;
      entering.resolve();
      return { kind: 'late', until: overtaken.promise };
    };
    const slow = postingService(state).start(request, soon());
    await entering.promise;
    // What the end of its life does to a lease.
    for (const id of askedFor(proxy.requests))
      await other.leases.release('sync/server', id, soon());
    const quick = await postingService(other).start(request, soon());
    assert.ok(quick.outcome === 'started');
    overtaken.resolve();
    assert.deepEqual(await slow, { outcome: 'busy', servers: ['server'], runs: [] });
    assert.equal((await other.leases.state('sync/server', soon())).owner, quick.id);
    const { runs } = await other.runs.list({ limit: 5 }, soon());
    assert.deepEqual(
      runs.map(({ id }) => id),
      [quick.id],
      'a run that is refused is not written down',
    );
  });

  test('a take-over that fails although its answer was only lost leaves nothing held', async (t) => {
    const { proxy, state, other } = await newState(t);
    const stored = await other.runs.read(await postRun(other, [], ['a', 'b']), soon());
    assert.ok(stored);
    const faults: Fault[] = [{ kind: 'lost answer' }, { kind: 'status', status: 403 }];
    proxy.decide = ({ operation }) =>
      operation.endsWith('change locks/sync/b') ? faults.shift() : undefined;
    const taking = takeOverLocks(state.leases, stored.value, randomUUID(), soon());
    await assert.rejects(taking, { statusCode: 403 });
    assert.deepEqual(await heldLocks(other), []);
  });
});

describe('starting a sync under faults', { concurrency: true }, () => {
  const lost: Fault = { kind: 'lost answer' };
  for (const [name, faults] of Object.entries<Fault[]>({
    'a lost answer': [lost],
    'two lost answers': [lost, lost],
    'a busy service': [{ kind: 'status', status: 503 }],
  })) {
    test(`${name} at the run's document: one run, and it is started`, async (t) => {
      const { proxy, state, other } = await newState(t);
      const left = [...faults];
      proxy.decide = ({ method, path }) =>
        method === 'PUT' && path.includes('/runs/') ? left.shift() : undefined;
      const outcome = await postingService(state).start(request, soon());
      assert.equal(outcome.outcome, 'started');
      const { runs } = await other.runs.list({ limit: 5 }, soon());
      assert.deepEqual(
        runs.map(({ id }) => id),
        [outcome.outcome === 'started' && outcome.id],
      );
    });
  }

  test('a claim is over well before its lease is: nobody else can have the server by then', async (t) => {
    const { proxy, other, state } = await newState(t);
    const never = Promise.withResolvers<void>();
    t.after(async () => never.resolve());
    proxy.decide = ({ method, path }) =>
      method === 'PUT' && path.includes('/runs/')
        ? { kind: 'slow', until: never.promise }
        : undefined;
    // Leases of 15 s as storage grants them, of which the claim believes to have 400 ms.
    const leases = new Proxy(state.leases, {
      get: (target, name) => {
        if (name === 'lifeMs') return 400;
        const value = Reflect.get(target, name, target);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
    const startedAt = performance.now();
    const starting = postingService({ ...state, leases }).start(request, soon());
    await assert.rejects(starting, { name: 'StorageDeadlineError' });
    // With a wide margin for a busy machine, and far from a lease's life.
    assert.ok(performance.now() - startedAt < scaled(5_000));
    assert.deepEqual(await heldLocks(other), []);
  });

  test('many POSTs under random faults: one run owns the server, the others are told so', async (t) => {
    const seed = Number(process.env['FAULT_SEED'] ?? Date.now() % 1e9);
    t.diagnostic(`FAULT_SEED=${seed}`);
    const { proxy, state, other } = await newState(t);
    proxy.decide = randomFaults({ seed, rate: 0.2, stallMs: 40 });
    const service = postingService(state);
    const outcomes = await Promise.all(
      Array.from({ length: 10 }, () => service.start(request, soon())),
    );
    const started = outcomes.filter(({ outcome }) => outcome === 'started');
    assert.equal(started.length, 1);
    assert.equal((await other.runs.list({ limit: 50 }, soon())).runs.length, 1);
    const [owner] = await postingService(other).active(soon());
    assert.deepEqual(started, [{ outcome: 'started', id: owner?.id }]);
  });
});
