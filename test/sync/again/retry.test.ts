/** Runs that make another one again: which stages, with what links, by hand and by themselves. */

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { DatabaseError } from '../../../shared/database/database-error.ts';
import { rowCounts } from '../../../shared/database/row-counts.ts';
import { executeRun } from '../../../shared/sync/engine.ts';
import type { Run, Stage } from '../../../shared/sync/run.ts';
import type { Call, SyncRequest } from '../../../shared/sync/syncs.ts';
import { soon, startStorage, type TestStorage } from '../../support/storage.ts';
import { engineOn, postingService } from '../../support/sync-state.ts';
import { LineWorld } from '../waiting/line-world.ts';

let storage: TestStorage;
before(async () => {
  storage = await startStorage();
});
after(() => storage.close());

const never = new AbortController().signal;
const month = { month: 7, year: 2019 };

/** Arithmetic: it does not pass. */
const dividedByZero = new DatabaseError('Divide by zero error encountered.', 'permanent', {
  number: 8134,
});

class RetryWorld extends LineWorld {
  /** Stages that fail with 8134. */
  readonly failing = new Set<string>();
  readonly called: string[] = [];

  static override async open(of: TestStorage): Promise<RetryWorld> {
    return new RetryWorld(await of.container());
  }

  override execute(id: string) {
    const run = async (stage: Stage) => {
      this.called.push(stage.id);
      if (this.failing.has(stage.id)) throw dividedByZero;
      return { rows: rowCounts([1]), returnValue: 0 };
    };
    const { state, send, now } = this;
    return executeRun({ ...engineOn(state, run), send, now }, id, never);
  }

  async ask(calls: Call[], more: Partial<SyncRequest> = {}): Promise<Run> {
    const outcome = await this.post({
      kind: 'calls',
      calls,
      user: 'operator',
      token: 't',
      ...more,
    });
    assert.ok('id' in outcome, JSON.stringify(outcome));
    await this.execute(outcome.id);
    return this.read(outcome.id);
  }

  async again(of: string, from: 'failure' | 'all' = 'failure'): Promise<Run> {
    const sync = await this.service().again({ of, from, user: 'again', token: 't' }, soon());
    assert.ok(!('outcome' in sync), JSON.stringify(sync));
    const outcome = await this.post(sync);
    assert.ok('id' in outcome, JSON.stringify(outcome));
    return this.read(outcome.id);
  }
}

const call = (codes: string[], names: string[], more: Partial<Call> = {}): Call => ({
  ...{ codes, names, whole: false },
  ...more,
});
const idsOf = ({ stages }: Run) => stages.map(({ id }) => id);

describe('by hand', { concurrency: true }, () => {
  test('after 8134 in one crude: only that crude and heap, linked both ways', async () => {
    const world = await RetryWorld.open(storage);
    world.failing.add('crude:meter');
    const names = ['meter', 'payment'];
    const run = await world.ask([call(['0c10'], names, { periods: [month], asked: month })]);
    assert.equal(run.state, 'failed');
    assert.equal(run.stages.find(({ id }) => id === 'crude:meter')?.error?.number, 8134);
    world.failing.clear();
    world.called.length = 0;
    const retry = await world.again(run.id);
    assert.deepEqual(idsOf(retry), ['crude:meter', 'heap:meter']);
    assert.deepEqual([retry.retryOf, retry.retryFrom], [run.id, 'failure']);
    assert.deepEqual((await world.read(run.id)).retriedBy, [retry.id]);
    assert.deepEqual(
      retry.locks.map(({ server }) => server),
      ['dcdb'],
      'nobody exports there meanwhile',
    );
    await world.execute(retry.id);
    assert.deepEqual(world.called, ['crude:meter', 'heap:meter']);
    assert.equal((await world.read(retry.id)).state, 'succeeded');
  });

  test("after another run's export of it: export, crude, heap", async () => {
    const world = await RetryWorld.open(storage);
    world.failing.add('crude:meter');
    const run = await world.ask([call(['0c10'], ['meter'])]);
    const other = await world.ask([call(['0c10'], ['meter'])]);
    assert.equal(other.state, 'failed');
    const retry = await world.again(run.id);
    assert.deepEqual(idsOf(retry), ['export:meter:0c10', 'crude:meter', 'heap:meter']);
  });

  test('another source, another entity and an export of before leave the export alone', async () => {
    const world = await RetryWorld.open(storage);
    await world.ask([call(['0c10'], ['meter'])]);
    world.failing.add('crude:meter');
    const run = await world.ask([call(['0c10'], ['meter'])]);
    world.failing.clear();
    await world.ask([call(['0c10'], ['meter_place'])]);
    assert.deepEqual(idsOf(await world.again(run.id)), ['crude:meter', 'heap:meter']);
  });

  test('a heap whose crude others have loaded since: crude and heap', async () => {
    const world = await RetryWorld.open(storage);
    world.failing.add('heap:meter');
    const run = await world.ask([call(['0c10'], ['meter'])]);
    await world.ask([call(['stek'], ['meter'])]);
    assert.deepEqual(idsOf(await world.again(run.id)), ['crude:meter', 'heap:meter']);
  });

  test('one export of several: that one, crude and heap, and the months of then', async () => {
    const world = await RetryWorld.open(storage);
    world.failing.add('export:payment:0c05');
    const asked = { month: -1 };
    const run = await world.ask([call(['0c10', '0c05'], ['payment'], { periods: [month], asked })]);
    world.failing.clear();
    const retry = await world.again(run.id);
    assert.deepEqual(idsOf(retry), ['export:payment:0c05', 'crude:payment', 'heap:payment']);
    assert.deepEqual(retry.stages[0]?.period, month);
    assert.deepEqual(retry.calls?.[0]?.periods, [month]);
    assert.deepEqual(retry.calls?.[0]?.asked, asked);
  });

  test('a retry that fails is made again as well', async () => {
    const world = await RetryWorld.open(storage);
    world.failing.add('crude:meter');
    const run = await world.ask([call(['0c10'], ['meter'])]);
    const first = await world.again(run.id);
    await world.execute(first.id);
    const second = await world.again(first.id);
    assert.deepEqual(idsOf(second), ['crude:meter', 'heap:meter']);
    assert.equal(second.retryOf, first.id);
  });

  test('all of it', async () => {
    const world = await RetryWorld.open(storage);
    const run = await world.ask([call(['0c10'], ['meter', 'meter_place'])]);
    assert.deepEqual(idsOf(await world.again(run.id, 'all')), idsOf(run));
  });

  test('what was cancelled while it waited is made from the beginning', async () => {
    const world = await RetryWorld.open(storage);
    const holder = await world.posted({
      ...{ kind: 'calls', calls: [call(['0c10'], ['meter'])], user: 'a', token: 't' },
    });
    const waits = await world.posted({
      ...{ kind: 'calls', calls: [call(['0c10'], ['meter'])], user: 'b', token: 't' },
      whenBusy: 'wait',
    });
    await world.service().cancel(waits, 'somebody', soon());
    await world.execute(holder);
    const retry = await world.again(waits);
    assert.deepEqual(idsOf(retry), ['export:meter:0c10', 'crude:meter', 'heap:meter']);
  });

  test('a retry that waits tells the servers of all that it may come to, and their closure', async () => {
    const world = await RetryWorld.open(storage);
    world.failing.add('crude:meter');
    const run = await world.ask([call(['0c10'], ['meter'])]);
    const holder = await world.posted({
      ...{ kind: 'calls', calls: [call(['0c10'], ['meter'])], user: 'a', token: 't' },
    });
    const again = { of: run.id, from: 'failure', user: 'b', token: 't', whenBusy: 'wait' } as const;
    const retries = [];
    for (const _ of [1, 2]) {
      const sync = await world.service().again(again, soon());
      assert.ok(!('outcome' in sync));
      retries.push(await world.read(await world.posted(sync)));
    }
    const [first, second] = retries;
    assert.ok(first && second);
    assert.deepEqual(idsOf(first), ['crude:meter', 'heap:meter']);
    const service = world.service();
    const waitsFor = [{ server: 'dcdb', run: holder }];
    assert.deepEqual(await service.waitsFor(first, soon()), { place: 0, waitsFor });
    assert.deepEqual(await service.waitsFor(second, soon()), { place: 1, waitsFor });
    await world.execute(holder);
    const behind = await service.waitsFor(second, soon());
    assert.deepEqual(behind.waitsFor, [{ server: 'dcdb', run: first.id }]);
    const closure = { id: 'c', until: '2030-01-01T00:00:00.000Z', reason: 'index' };
    const closed = async (stages: readonly Stage[]) =>
      stages.some(({ server }) => server === 'dcdb')
        ? { ...closure, server: 'dcdb', user: 'u', token: 't', at: closure.until }
        : undefined;
    const { state, now, send } = world;
    const told = await postingService(state, { now, send, closed }).waitsFor(first, soon());
    assert.deepEqual(told.closed, { until: closure.until, reason: 'index' });
  });

  test('a retry that waits is cut anew when it starts: another has exported meanwhile', async () => {
    const world = await RetryWorld.open(storage);
    world.failing.add('crude:meter');
    const run = await world.ask([call(['0c10'], ['meter'])]);
    const other = await world.posted({
      ...{ kind: 'calls', calls: [call(['0c10'], ['meter'])], user: 'other', token: 't' },
    });
    const asking = {
      of: run.id,
      from: 'failure',
      user: 'b',
      token: 't',
      whenBusy: 'wait',
    } as const;
    const sync = await world.service().again(asking, soon());
    assert.ok(!('outcome' in sync));
    const outcome = await world.post(sync);
    assert.ok(outcome.outcome === 'waiting');
    assert.deepEqual(idsOf(await world.read(outcome.id)), ['crude:meter', 'heap:meter']);
    await world.execute(other);
    world.failing.clear();
    world.called.length = 0;
    await world.deliver();
    assert.deepEqual(world.called, ['export:meter:0c10', 'crude:meter', 'heap:meter']);
  });

  test('refusals: unknown, not ended, nothing left open', async () => {
    const world = await RetryWorld.open(storage);
    const asked = { from: 'failure', user: 'b', token: 't' } as const;
    const again = (of: string) => world.service().again({ ...asked, of }, soon());
    assert.deepEqual(await again('zd38m9z2l-b5hscz'), { outcome: 'unknown' });
    const id = await world.posted({
      ...{ kind: 'calls', calls: [call(['0c10'], ['meter'])], user: 'a', token: 't' },
    });
    assert.deepEqual(await again(id), { outcome: 'unfinished', state: 'queued' });
    await world.execute(id);
    assert.deepEqual(await again(id), { outcome: 'nothing' });
  });
});

describe('by itself', { concurrency: true }, () => {
  for (const [what, names, failing, state] of [
    ['all of it made good', ['meter'], false, 'cancelled'],
    ['a part of it made good', ['meter', 'payment'], false, 'succeeded'],
    ['nothing made good', ['meter'], true, 'succeeded'],
  ] as const) {
    test(`by hand meanwhile, ${what}: it is ${state}`, async () => {
      const world = await RetryWorld.open(storage);
      for (const name of names) world.failing.add(`crude:${name}`);
      const asked = { periods: [month], asked: month, retries: 1, after: '10m' };
      const run = await world.ask([call(['0c10'], [...names], asked)]);
      const [own = ''] = run.retriedBy ?? [];
      if (!failing) world.failing.delete('crude:meter');
      const hand = await world.again(run.id);
      await world.execute(hand.id);
      assert.equal(
        (await world.read(hand.id)).state,
        state === 'cancelled' ? 'succeeded' : 'failed',
      );
      world.failing.clear();
      world.called.length = 0;
      world.aheadMs = 600_000;
      await world.deliver();
      const ended = await world.read(own);
      assert.equal(ended.state, state);
      if (state === 'cancelled') {
        assert.match(ended.reason ?? '', new RegExp(`${hand.id} has made it again meanwhile`));
        assert.deepEqual(world.called, []);
      }
      await world.assertClear();
    });
  }

  const withRetries = (retries: number, after = '10m') =>
    call(['0c10'], ['meter'], { retries, after });

  test('as a run that waits for its time; the servers are free between', async () => {
    const world = await RetryWorld.open(storage);
    world.failing.add('crude:meter');
    const run = await world.ask([withRetries(2), call(['0c10'], ['meter_place'])]);
    assert.equal(run.state, 'failed');
    const [id = ''] = run.retriedBy ?? [];
    const retry = await world.read(id);
    assert.equal(retry.state, 'waiting');
    assert.deepEqual([retry.retryOf, retry.calls?.length], [run.id, 1]);
    assert.equal(retry.calls?.[0]?.retries, 1);
    const inMs = Date.parse(retry.notBefore ?? '') - Date.parse(run.endedAt ?? '');
    assert.ok(Math.abs(inMs - 600_000) < 30_000, `${inMs}`);
    assert.ok(world.sent.some((message) => message.id === id && message.delaySeconds > 500));
    await world.ask([call(['0c10'], ['meter_place'])]);
    world.aheadMs = 620_000;
    world.sent.length = 0;
    world.called.length = 0;
    assert.deepEqual(await world.sweep(), [id]);
    await world.execute(id);
    assert.deepEqual(world.called, ['crude:meter'], 'it fails again');
    const second = (await world.read(id)).retriedBy ?? [];
    world.aheadMs = 1_300_000;
    world.failing.clear();
    await world.execute(second[0] ?? '');
    const last = await world.read(second[0] ?? '');
    assert.deepEqual(
      [last.state, last.retriedBy, last.calls?.[0]?.retries],
      ['succeeded', undefined, 0],
    );
  });

  test('not after the last one, not what was cancelled, not what has succeeded', async () => {
    const world = await RetryWorld.open(storage);
    assert.equal((await world.ask([withRetries(2)])).retriedBy, undefined);
    world.failing.add('crude:meter');
    assert.equal((await world.ask([withRetries(0)])).retriedBy, undefined);
    const id = await world.posted({
      ...{ kind: 'calls', calls: [withRetries(2)], user: 'a', token: 't' },
    });
    await world.service().cancel(id, 'somebody', soon());
    await world.execute(id);
    const cancelled = await world.read(id);
    assert.deepEqual([cancelled.state, cancelled.retriedBy], ['cancelled', undefined]);
    assert.deepEqual(await world.entries(), []);
  });

  test('whoever dies before the run has ended is followed by one who does it once', async () => {
    const world = await RetryWorld.open(storage);
    world.failing.add('crude:meter');
    const { waiting } = world.state;
    const enter = waiting.enter.bind(waiting);
    let entered = 0;
    waiting.enter = async (entry, signal) => {
      entered += 1;
      if (entered === 1) throw new Error('storage is away');
      await enter(entry, signal);
    };
    const id = await world.posted({
      ...{ kind: 'calls', calls: [withRetries(1)], user: 'a', token: 't' },
    });
    await assert.rejects(world.execute(id), /storage is away/);
    assert.equal((await world.read(id)).state, 'running', 'it has not ended without its retry');
    await world.execute(id);
    const run = await world.read(id);
    assert.equal(run.state, 'failed');
    assert.equal(run.retriedBy?.length, 1);
    assert.deepEqual(await world.entries(), run.retriedBy);
    assert.equal((await world.runs()).length, 2);
  });
});
