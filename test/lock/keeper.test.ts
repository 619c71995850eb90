import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { keepLease, LeaseLostError } from '../../shared/lock/keeper.ts';
import type { Leases } from '../../shared/lock/leases.ts';

type Answer = 'renewed' | 'taken' | Error | 'silent';

/** Answers renewals from a script; `lifeMs` short enough for a test to see a whole life. */
function scripted(lifeMs: number, answer: (call: number) => Answer) {
  const calls: number[] = [];
  let running = 0;
  let overlapped = false;
  const leases = {
    lifeMs,
    async renewOnce(_name: string, _id: string, signal: AbortSignal) {
      running += 1;
      overlapped ||= running > 1;
      calls.push(performance.now());
      try {
        const result = answer(calls.length);
        if (result instanceof Error) throw result;
        if (result === 'silent') {
          await once(signal, 'abort');
          throw signal.reason;
        }
        return result === 'renewed';
      } finally {
        running -= 1;
      }
    },
  } as unknown as Leases;
  return { leases, calls, overlapped: () => overlapped };
}

async function lostReason(lost: AbortSignal): Promise<unknown> {
  if (!lost.aborted) await once(lost, 'abort');
  return lost.reason;
}

test('renews every quarter of the life until it is stopped', async () => {
  const done = Promise.withResolvers<void>();
  const { leases, calls } = scripted(200, (call) => {
    if (call === 4) done.resolve();
    return 'renewed';
  });
  const keeper = keepLease(leases, 'sync/x', 'id');
  await done.promise;
  await keeper.stop();
  assert.equal(keeper.lost.aborted, false);
  const gaps = calls.slice(1).map((at, index) => at - (calls[index] ?? 0));
  for (const gap of gaps) assert.ok(gap >= 45, `renewals ${gap} ms apart`);
  const made = calls.length;
  assert.equal(made, 4);
});

test('another holder is a loss at once', async () => {
  const { leases } = scripted(100, () => 'taken');
  const keeper = keepLease(leases, 'sync/x', 'id');
  const reason = await lostReason(keeper.lost);
  assert.ok(reason instanceof LeaseLostError);
  assert.match(reason.message, /sync\/x was lost: another holder has it/);
  await keeper.stop();
});

test('trouble is retried and never overlaps, as long as the lease may live', async () => {
  const done = Promise.withResolvers<void>();
  const { leases, overlapped } = scripted(4_000, (call) => {
    if (call <= 2) return new Error('503');
    done.resolve();
    return 'renewed';
  });
  const keeper = keepLease(leases, 'sync/x', 'id');
  await done.promise;
  await keeper.stop();
  assert.equal(keeper.lost.aborted, false);
  assert.equal(overlapped(), false);
});

test('without a success for three quarters of the life it is a loss', async () => {
  const { leases, overlapped } = scripted(600, () => 'silent');
  const startedAt = performance.now();
  const keeper = keepLease(leases, 'sync/x', 'id', startedAt);
  const reason = await lostReason(keeper.lost);
  assert.ok(reason instanceof LeaseLostError);
  const tookMs = performance.now() - startedAt;
  assert.ok(tookMs >= 440 && tookMs < 1_500, `lost after ${tookMs} ms`);
  assert.equal(overlapped(), false);
  await keeper.stop();
});

test('stopping ends a renewal that hangs', async () => {
  const asked = Promise.withResolvers<void>();
  const { leases } = scripted(200, () => {
    asked.resolve();
    return 'silent';
  });
  const keeper = keepLease(leases, 'sync/x', 'id');
  await asked.promise;
  await keeper.stop();
  assert.equal(keeper.lost.aborted, false);
});
