import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { BlobServiceClient } from '@azure/storage-blob';
import { scaled } from 'stand-in-kit/testing/patience';
import { unlessAborted } from '../../shared/async/abort.ts';
import { keepLease, LeaseLostError } from '../../shared/lock/keeper.ts';
import { Leases } from '../../shared/lock/leases.ts';
import { type Fault, startFaultProxy } from '../support/fault-proxy.ts';
import { hash } from '../support/random.ts';
import { randomFaults } from '../support/random-faults.ts';
import { soon, startStorage, type TestStorage } from '../support/storage.ts';

let storage: TestStorage;
before(async () => {
  storage = await startStorage();
});
after(() => storage.close());

/** Leases through the proxy and past it, on the same container. */
async function newLeases(t: { after(work: () => Promise<void>): void }) {
  const proxy = await startFaultProxy(storage.connectionString);
  t.after(() => proxy.close());
  const direct = await storage.container();
  const service = BlobServiceClient.fromConnectionString(proxy.connectionString, {
    retryOptions: { maxTries: 1 },
  });
  const container = service.getContainerClient(direct.containerName);
  const next = (...faults: Fault[]) => {
    proxy.decide = () => faults.shift();
  };
  return { proxy, next, leases: new Leases(container, 15), other: new Leases(direct, 15) };
}

const lost: Fault = { kind: 'lost answer' };
const cases: { name: string; faults: Fault[] }[] = [
  { name: 'a lost answer', faults: [lost] },
  { name: 'two lost answers', faults: [lost, lost] },
  { name: 'a broken connection', faults: [{ kind: 'reset' }] },
  { name: 'an answer cut in its middle', faults: [{ kind: 'cut answer' }] },
  { name: 'a busy service', faults: [{ kind: 'status', status: 503 }] },
  { name: 'throttling', faults: [{ kind: 'status', status: 429 }] },
  { name: 'a slow answer', faults: [{ kind: 'slow', until: 100 }] },
];

// Side by side: most of their time is pauses between tries.
describe('leases under faults', { concurrency: true }, () => {
  for (const { name, faults } of cases) {
    test(`${name}: every call does what it would without it`, async (t) => {
      const { next, leases, other } = await newLeases(t);
      const [mine, second, theirs] = [randomUUID(), randomUUID(), randomUUID()];
      next(...faults);
      assert.equal(await leases.acquire('sync/x', mine, soon()), true, 'on a lock never taken');
      assert.equal(await other.acquire('sync/x', theirs, soon()), false);
      next(...faults);
      assert.equal(await leases.setOwner('sync/x', mine, 'run-1', soon()), true);
      const state = { name: 'sync/x', held: true, owner: 'run-1' };
      next(...faults);
      assert.deepEqual(await leases.state('sync/x', soon()), state);
      next(...faults);
      assert.deepEqual(await leases.list('sync/', soon()), [state]);
      next(...faults);
      assert.equal(await leases.change('sync/x', mine, second, soon()), true);
      assert.equal(await other.renewOnce('sync/x', mine, soon()), false);
      assert.equal(await other.renewOnce('sync/x', second, soon()), true);
      next(...faults);
      await leases.release('sync/x', second, soon());
      assert.equal(await other.acquire('sync/x', theirs, soon()), true, 'free again');
    });

    test(`${name}: what another id holds is never ours`, async (t) => {
      const { next, leases, other } = await newLeases(t);
      const [mine, theirs] = [randomUUID(), randomUUID()];
      await other.acquire('sync/x', theirs, soon());
      next(...faults);
      assert.equal(await leases.acquire('sync/x', mine, soon()), false);
      next(...faults);
      assert.equal(await leases.change('sync/x', randomUUID(), mine, soon()), false);
      next(...faults);
      assert.equal(await leases.setOwner('sync/x', mine, 'thief', soon()), false);
      next(...faults);
      await leases.release('sync/x', mine, soon());
      assert.equal(await other.renewOnce('sync/x', theirs, soon()), true);
    });
  }

  test('a release whose answer is lost does not free what somebody took after it', async (t) => {
    const { proxy, leases, other } = await newLeases(t);
    const [mine, theirs] = [randomUUID(), randomUUID()];
    await leases.acquire('sync/x', mine, soon());
    const taken = Promise.withResolvers<void>();
    const faults: Fault[] = [lost, { kind: 'late', until: taken.promise }];
    proxy.decide = () => faults.shift();
    const released = leases.release('sync/x', mine, soon());
    while (!(await other.acquire('sync/x', theirs, soon()))) await sleep(5);
    taken.resolve();
    await released;
    assert.equal(await other.renewOnce('sync/x', theirs, soon()), true);
  });

  test('many contenders under random faults: one holder at a time, and everybody in the end', async (t) => {
    const seed = Number(process.env['FAULT_SEED'] ?? Date.now() % 1e9);
    t.diagnostic(`FAULT_SEED=${seed}`);
    const worlds = await Promise.all(Array.from({ length: 6 }, () => newLeases(t)));
    await Promise.all(
      worlds.map(async ({ proxy, leases }, index) => {
        proxy.decide = randomFaults({ seed: hash(`${seed} ${index}`), rate: 0.25, stallMs: 30 });
        let inside = 0;
        let turns = 0;
        await Promise.all(
          Array.from({ length: 4 }, async () => {
            const id = randomUUID();
            while (!(await leases.acquire('sync/x', id, soon()))) await sleep(20);
            inside += 1;
            assert.equal(inside, 1);
            await sleep(10);
            turns += 1;
            inside -= 1;
            await leases.release('sync/x', id, soon());
          }),
        );
        assert.equal(turns, 4);
      }),
    );
  });
});

/**
 * A real lease, kept as if it lived for `lifeMs`: storage grants no less than 15 s, and a test does
 * not wait for the end of those.
 */
function shortened(leases: Leases, lifeMs: number): Leases {
  return {
    lifeMs,
    renewOnce: (...call: Parameters<Leases['renewOnce']>) => leases.renewOnce(...call),
  } as unknown as Leases;
}

/** Longer on a busy machine, where a renewal takes longer, too; below what storage has granted. */
const lifeMs = Math.min(scaled(3_000), 14_000);

describe('the keeper under faults', { concurrency: true }, () => {
  test('survives an outage of a third of the life: 20 s of 60', async (t) => {
    const { proxy, leases, other } = await newLeases(t);
    const id = randomUUID();
    await leases.acquire('sync/x', id, soon());
    const keeper = keepLease(shortened(leases, lifeMs), 'sync/x', id);
    // Begun just before a renewal is due: the worst moment.
    await sleep(lifeMs / 4 - 50);
    const outage = proxy.outage();
    await sleep(lifeMs / 3);
    outage.end();
    await unlessAborted(
      proxy.answered(({ status }) => status === 200),
      keeper.lost,
    );
    await keeper.stop();
    assert.equal(await other.renewOnce('sync/x', id, soon()), true);
  });

  test('gives up in a longer one before the lease can have run out', async (t) => {
    const { proxy, leases } = await newLeases(t);
    const id = randomUUID();
    await leases.acquire('sync/x', id, soon());
    const startedAt = performance.now();
    const keeper = keepLease(shortened(leases, lifeMs), 'sync/x', id, startedAt);
    const outage = proxy.outage();
    await once(keeper.lost, 'abort');
    const tookMs = performance.now() - startedAt;
    outage.end();
    assert.ok(keeper.lost.reason instanceof LeaseLostError);
    assert.ok(tookMs >= lifeMs * 0.75 - 5 && tookMs < lifeMs, `lost after ${tookMs} ms`);
    await keeper.stop();
  });

  test('survives lost answers, throttling and a silent service between successes', async (t) => {
    const { proxy, leases, other } = await newLeases(t);
    const id = randomUUID();
    await leases.acquire('sync/x', id, soon());
    const never = Promise.withResolvers<void>();
    const faults: (Fault | undefined)[] = [
      lost,
      { kind: 'status', status: 429 },
      undefined,
      { kind: 'slow', until: never.promise },
      undefined,
    ];
    const done = Promise.withResolvers<void>();
    proxy.decide = () => {
      if (faults.length === 0) done.resolve();
      return faults.shift();
    };
    const keeper = keepLease(shortened(leases, lifeMs), 'sync/x', id);
    await Promise.race([done.promise, once(keeper.lost, 'abort')]);
    assert.equal(keeper.lost.aborted, false);
    await keeper.stop();
    never.resolve();
    assert.equal(await other.renewOnce('sync/x', id, soon()), true);
  });

  test('another holder is noticed at the next renewal', async (t) => {
    const { leases, other } = await newLeases(t);
    const [mine, theirs] = [randomUUID(), randomUUID()];
    await leases.acquire('sync/x', mine, soon());
    const keeper = keepLease(shortened(leases, 400), 'sync/x', mine);
    // As if the lease had run out and been taken.
    await other.release('sync/x', mine, soon());
    await other.acquire('sync/x', theirs, soon());
    if (!keeper.lost.aborted) await once(keeper.lost, 'abort');
    assert.match(String(keeper.lost.reason), /another holder has it/);
    await keeper.stop();
  });
});
