/** How long a lane keeps its turn, and that it keeps none whose lease is lost. */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, type TestContext, test } from 'node:test';
import { rowCounts } from '../../shared/database/row-counts.ts';
import { LeaseLostError } from '../../shared/lock/keeper.ts';
import type { Leases } from '../../shared/lock/leases.ts';
import { executeStages } from '../../shared/sync/execution.ts';
import { Journal } from '../../shared/sync/journal.ts';
import { locksOf } from '../../shared/sync/locks.ts';
import type { Stage } from '../../shared/sync/run.ts';
import type { RunStore } from '../../shared/sync/run-store.ts';
import type { StageRunner } from '../../shared/sync/stage-runner.ts';
import { Turn } from '../../shared/sync/turn.ts';
import { noChecks } from '../support/no-checks.ts';
import { run, stage } from '../support/runs.ts';
import { soon } from '../support/storage.ts';

/** Leases in memory; what happened to them, in order, and which are taken away at their renewal. */
function memoryLeases(lifeMs: number) {
  const events: string[] = [];
  const lost = new Set<string>();
  const leases = {
    lifeMs,
    acquire: async (name: string) => {
      lost.delete(name);
      events.push(`take ${name}`);
      return true;
    },
    renewOnce: async (name: string) => !lost.has(name),
    letGo: async (name: string) => {
      events.push(`free ${name}`);
    },
  } as unknown as Leases;
  return { leases, events, lost };
}

/** @param work what a stage does; the signal stops it */
function recordedRunner(events: string[], work: (signal: AbortSignal) => Promise<void>) {
  return {
    open: async () => {
      events.push('open');
      return {
        fits: () => true,
        run: async (_stage, _onMessage, signal) => {
          await work(signal);
          return { rows: rowCounts([]) };
        },
        close: async () => {
          events.push('close');
        },
      };
    },
  } satisfies StageRunner;
}

/** A lane's turn, and the clock by which it counts. */
function lane(t: TestContext, lifeMs = 60_000) {
  let time = 1_000;
  t.mock.method(performance, 'now', () => time);
  const memory = memoryLeases(lifeMs);
  const runners = { procedure: recordedRunner(memory.events, async () => {}) };
  const turn = new Turn({ runners, leases: memory.leases, runId: 'r' });
  t.after(() => turn.giveBack());
  const pass = (ms: number) => {
    time += ms;
  };
  return { ...memory, turn, pass };
}

const taken = ['open', 'take procedure/ab'];
const givenBack = ['free procedure/ab', 'close'];
const crude = stage('crude:a', 'ab');
const heap = stage('heap:a', 'ab');

describe('a turn', () => {
  for (const [passed, isKept] of [
    [0, true],
    [2_999, true],
    [3_000, false],
    [60_000, false],
  ] as const) {
    test(`after ${passed} ms is ${isKept ? 'kept for' : 'given back before'} the next stage`, async (t) => {
      const { turn, events, pass } = lane(t);
      const first = await turn.take(crude, soon());
      pass(passed);
      const next = await turn.take(heap, soon());
      assert.equal(next === first, isKept);
      assert.deepEqual(events, isKept ? taken : [...taken, ...givenBack, ...taken]);
    });
  }

  test('is as old as when it was taken, however many stages it has served', async (t) => {
    const { turn, events, pass } = lane(t);
    await turn.take(crude, soon());
    for (const _ of [1, 2]) {
      pass(1_400);
      await turn.take(heap, soon());
    }
    assert.deepEqual(events, taken);
    pass(200);
    await turn.take(crude, soon());
    assert.deepEqual(events, [...taken, ...givenBack, ...taken]);
  });

  test('is not kept for a stage that needs another lock', async (t) => {
    const { turn, events } = lane(t);
    await turn.take(crude, soon());
    await turn.take({ ...heap, server: 'other' }, soon());
    assert.deepEqual(events, [...taken, ...givenBack, 'open', 'take procedure/other']);
  });

  test('whose lease is lost is not kept, however new it is', async (t) => {
    const { leases, events, lost } = memoryLeases(400);
    const runners = { procedure: recordedRunner(events, async () => {}) };
    const turn = new Turn({ runners, leases, runId: 'r' });
    t.after(() => turn.giveBack());
    const placed = { ...crude, location: 'sql1.example:1433/AB' };
    const [name = '', address = ''] = locksOf(placed).map((lock) => `procedure/${lock}`);
    assert.ok(address, 'it has two');
    const first = await turn.take(placed, soon());
    // The second of the two.
    lost.add(address);
    await once(first.lost, 'abort');
    assert.ok(first.lost.reason instanceof LeaseLostError);
    const next = await turn.take(placed, soon());
    assert.notEqual(next, first);
    assert.equal(next.lost.aborted, false);
    const both = ['open', `take ${name}`, `take ${address}`];
    assert.deepEqual(
      events.toSorted(),
      [...both, ...both, `free ${name}`, `free ${address}`, 'close'].sort(),
    );
  });
});

/** Runs one stage whose lease is taken away while its first call is under way. */
async function losing(t: TestContext, own: Stage) {
  const { leases, events, lost } = memoryLeases(400);
  const reasons: unknown[] = [];
  let calls = 0;
  const procedure = recordedRunner(events, async (signal) => {
    calls += 1;
    if (calls > 1) return;
    lost.add('procedure/ab');
    await once(signal, 'abort');
    reasons.push(signal.reason);
    throw signal.reason;
  });
  const store = { replace: async () => 'etag' } as unknown as RunStore;
  const journal = new Journal(store, run('r', [own]), 'etag');
  t.after(() => journal.close());
  const never = new AbortController().signal;
  await executeStages({
    journal,
    log: { message() {}, tell() {} },
    leases,
    now: () => new Date(0),
    signal: never,
    sliceOver: never,
    askChecks: noChecks,
    readFreshness: async () => ({ at: '2019-07-31T10:00:00.000Z' }),
    runners: { procedure },
  });
  assert.equal(reasons.length, 1);
  assert.ok(reasons[0] instanceof LeaseLostError);
  return { own: journal.run.stages[0], events };
}

describe('a stage whose lease is lost while it runs is stopped', () => {
  test('and called again in a turn of its own, where it may be', async (t) => {
    const { own, events } = await losing(t, { ...crude, attempts: [], repeatable: true });
    assert.equal(own?.state, 'succeeded');
    assert.deepEqual(
      own?.attempts.map(({ error }) => error?.meaning),
      ['lock lost', undefined],
    );
    assert.deepEqual(events, [...taken, ...givenBack, ...taken, ...givenBack]);
  });

  test('and fails where it may not', async (t) => {
    const { own, events } = await losing(t, { ...crude, attempts: [], repeatable: false });
    assert.equal(own?.state, 'failed');
    assert.equal(own?.error?.meaning, 'lock lost');
    assert.match(own?.error?.message ?? '', /another holder has it/);
    assert.deepEqual(events, [...taken, ...givenBack]);
  });
});
