/** Events of runs: whichever way they end, once, and after the last retry only. */

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { DatabaseError } from '../../../shared/database/database-error.ts';
import { rowCounts } from '../../../shared/database/row-counts.ts';
import type { EventDocument } from '../../../shared/events/event-document.ts';
import { executeRun } from '../../../shared/sync/engine.ts';
import { differsEvent, slowEvent } from '../../../shared/sync/events/run-events.ts';
import type { Run, Stage } from '../../../shared/sync/run.ts';
import type { Call } from '../../../shared/sync/syncs.ts';
import { pipelines, run } from '../../support/runs.ts';
import { someOf } from '../../support/some-of.ts';
import { soon, startStorage, type TestStorage } from '../../support/storage.ts';
import { engineOn } from '../../support/sync-state.ts';
import { asks, LineWorld, type Mortal, mortal } from '../waiting/line-world.ts';

let storage: TestStorage;
before(async () => {
  storage = await startStorage();
});
after(() => storage.close());

/** Arithmetic: it does not pass. */
const dividedByZero = new DatabaseError('Divide by zero error encountered.', 'permanent', {
  number: 8134,
});

class EventWorld extends LineWorld {
  /** Stages that fail with 8134. */
  readonly failing = new Set<string>();

  static override async open(of: TestStorage): Promise<EventWorld> {
    return new EventWorld(await of.container());
  }

  override engine(state = this.state) {
    const stageRun = async (stage: { id: string }) => {
      if (this.failing.has(stage.id)) throw dividedByZero;
      return { rows: rowCounts([1]), returnValue: 0 };
    };
    const { send, now } = this;
    return { ...engineOn(state, stageRun), send, now };
  }

  async ask(calls: Call[], more: object = {}): Promise<Run> {
    const asked = { kind: 'calls' as const, calls, user: 'operator', token: 't', ...more };
    const id = await this.posted(asked);
    await this.execute(id);
    return this.read(id);
  }

  /** All there are, by kind and run, the oldest first. */
  async events(): Promise<EventDocument[]> {
    const found: EventDocument[] = [];
    for await (const id of this.state.events.ids(undefined, soon())) {
      const event = await this.state.events.read(id, soon());
      assert.ok(event);
      found.unshift(event.value);
    }
    const marks = (await this.state.events.open(soon())).map(({ id }) => id);
    assert.deepEqual(marks.sort(), found.map(({ id }) => id).sort(), 'each is to be delivered');
    return found;
  }

  async told(): Promise<string[]> {
    return (await this.events()).map((event) => `${event.kind} ${event.run}`);
  }
}

const call = (codes: string[], names: string[], more: Partial<Call> = {}): Call => ({
  ...{ codes, names, whole: false },
  ...more,
});

describe('what runs tell', { concurrency: true }, () => {
  test('a failure, with what failed of what; success and cancelling tell nothing', async () => {
    const world = await EventWorld.open(storage);
    await world.ask([call(['0c10'], ['meter'])]);
    const cancelled = await world.posted(asks(['stek'], 'operator'));
    await world.service().cancel(cancelled, 'operator', soon());
    await world.execute(cancelled);
    assert.equal((await world.read(cancelled)).state, 'cancelled');
    assert.deepEqual(await world.told(), []);
    world.failing.add('export:payment:0c10');
    const names = ['meter', 'payment'];
    const month = { month: 7, year: 2019 };
    const failed = await world.ask(
      [call(['0c10', '0c05'], names, { periods: [month], asked: month })],
      { board: 'nightly' },
    );
    const [event, ...others] = await world.events();
    assert.deepEqual(others, []);
    assert.partialDeepStrictEqual(event, {
      ...{ kind: 'run.failed', severity: 'error', run: failed.id, board: 'nightly' },
      ...{ codes: ['0c10'], entities: ['payment'], user: 'operator', state: 'failed' },
      error: 'export:payment:0c10: Divide by zero error encountered.',
    });
  });

  test('after the last retry, and then that it works again; what was never told does not recover', async () => {
    const world = await EventWorld.open(storage);
    world.failing.add('crude:meter');
    const first = await world.ask([call(['0c10'], ['meter'], { retries: 1, after: '0s' })]);
    assert.deepEqual(await world.told(), []);
    await world.recover();
    const [retry = ''] = (await world.read(first.id)).retriedBy ?? [];
    assert.equal((await world.read(retry)).state, 'failed');
    assert.deepEqual(await world.told(), [`run.failed ${retry}`]);
    assert.equal((await world.events())[0]?.retryOf, first.id);
    world.failing.clear();
    const over = await world.ask([call(['0c10'], ['meter'])]);
    assert.deepEqual(await world.told(), [`run.failed ${retry}`, `run.recovered ${over.id}`]);
    const { codes, entities, since } = (await world.events())[1] ?? {};
    assert.deepEqual([codes, entities], [['0c10'], ['meter']]);
    assert.equal(since, (await world.read(first.id)).endedAt);
    await world.ask([call(['0c10'], ['meter'])]);
    // A retry that mends it: nobody has heard of the trouble, nor hears of its end.
    world.failing.add('crude:meter');
    await world.ask([call(['0c10'], ['meter'], { retries: 1, after: '0s' })]);
    world.failing.clear();
    await world.recover();
    assert.equal((await world.told()).length, 2);
  });

  test('of calls of which some are made again: the others are told at once', async () => {
    const world = await EventWorld.open(storage);
    for (const entity of ['meter', 'meter_place']) world.failing.add(`crude:${entity}`);
    const failed = await world.ask([
      call(['0c10'], ['meter'], { retries: 1, after: '7d' }),
      call(['0c10'], ['meter_place']),
    ]);
    const [event, ...others] = await world.events();
    assert.deepEqual(others, []);
    assert.deepEqual([event?.run, event?.entities], [failed.id, ['meter_place']]);
  });

  test('a run that nobody may execute, one that is in no line, one whose document is damaged', async () => {
    const world = await EventWorld.open(storage);
    const { runs } = world.state;
    const locks = [{ server: 'src', leaseId: 'a' }];
    const [orphan, lost, damaged] = ['zd0000001-orphan', 'zd0000002-nolin', 'zd0000003-damag'];
    await runs.create(run(orphan, pipelines(['meter']), locks), soon());
    await runs.create(
      { ...run(lost, pipelines(['meter'])), state: 'waiting', ticket: '1' },
      soon(),
    );
    await runs.create(run(damaged, pipelines(['meter']), locks), soon());
    const half = '{"half": ';
    await world.container.getBlockBlobClient(`runs/${damaged}.json`).upload(half, half.length);
    for (let sweeps = 0; sweeps < 3; sweeps += 1) await world.sweep();
    for (const id of [orphan, lost, damaged]) {
      const { state, untold } = await world.read(id);
      assert.deepEqual([state, untold], ['interrupted', undefined], id);
    }
    const expected = [orphan, lost, damaged].map((id) => `run.failed ${id}`);
    assert.deepEqual((await world.told()).sort(), expected.sort());
    for (const { error, state } of await world.events()) {
      assert.ok(error && state === 'interrupted');
    }
  });

  test('whoever was told of a run that ended without a worker is told when it is over', async () => {
    const world = await EventWorld.open(storage);
    const { runs, failures } = world.state;
    const orphan = 'zd0000001-orphan';
    const locks = [{ server: 'src', leaseId: 'a' }];
    const freshness = [{ entity: 'meter', code: '0c10' }];
    await runs.create({ ...run(orphan, pipelines(['meter']), locks), freshness }, soon());
    for (let sweeps = 0; sweeps < 2; sweeps += 1) await world.sweep();
    const [known] = await failures.read(soon());
    assert.deepEqual([known?.run, known?.entity, known?.told], [orphan, 'meter', true]);
    assert.match(known?.message ?? '', /^It was never begun/);
    const over = await world.ask([call(['0c10'], ['meter'])]);
    assert.deepEqual(await world.told(), [`run.failed ${orphan}`, `run.recovered ${over.id}`]);
    assert.deepEqual(await failures.read(soon()), []);
  });

  test('of what was synced before anybody heard of such a run nothing is wrong', async () => {
    const world = await EventWorld.open(storage);
    const orphan = 'zd0000001-orphan';
    const locks = [{ server: 'src', leaseId: 'a' }];
    const freshness = [{ entity: 'meter', code: '0c10' }];
    const createdAt = world.now().toISOString();
    const lost = { ...run(orphan, pipelines(['meter']), locks), freshness, createdAt };
    await world.state.runs.create(lost, soon());
    await world.ask([call(['0c10'], ['meter'])]);
    for (let sweeps = 0; sweeps < 2; sweeps += 1) await world.sweep();
    assert.equal((await world.read(orphan)).state, 'interrupted');
    assert.deepEqual(await world.state.failures.read(soon()), []);
  });

  test('what its checks have found is one event, whatever agreed', () => {
    const at = '2026-11-30T02:00:00.000Z';
    const check = { check: 'totals', entity: 'payment', code: '0c10', queries: [] };
    const values = { source: '1000', heap: '999' };
    const result = {
      ...{ state: 'differs' as const, at, groups: 1 },
      differences: [{ code: '0c10', of: 'rows', values }],
    };
    const agrees = { state: 'agrees' as const, at, groups: 1 };
    const known = run('r1', pipelines(['payment']));
    assert.equal(differsEvent({ ...known, checks: [{ ...check, result: agrees }] }), undefined);
    const other = { ...check, entity: 'meter', code: 'mo', result: agrees };
    const event = differsEvent({ ...known, checks: [{ ...check, result }, other] });
    assert.deepEqual(
      [event?.kind, event?.codes, event?.entities],
      ['check.differs', ['0c10'], ['payment']],
    );
    assert.equal(event?.reason, 'totals of payment of 0c10: rows are 1000 in source, 999 in heap');
  });

  test('that a run takes twice as long as usual, once what is usual is known', () => {
    const minute = 60_000;
    const startedAt = '2026-11-30T01:00:00.000Z';
    const at = (ms: number) => new Date(Date.parse(startedAt) + ms);
    const stages = pipelines(['meter']).map((stage): Stage => ({ ...stage, expectedMs: minute }));
    const begun = { ...run('r1', stages), startedAt };
    assert.equal(slowEvent(begun, at(6 * minute)), undefined);
    const event = slowEvent(begun, at(6 * minute + 1));
    assert.deepEqual([event?.expectedMs, event?.tookMs], [3 * minute, 6 * minute + 1]);
    // Told later, or when it has ended: the same event.
    const ended = {
      ...begun,
      stages: stages.map((one): Stage => ({ ...one, state: 'succeeded' })),
    };
    const later = slowEvent(ended, at(60 * minute));
    assert.deepEqual([later?.cause, later?.causedAt], [event?.cause, event?.causedAt]);
    const [first, ...others] = stages;
    assert.ok(first);
    const { expectedMs: _, ...unknown } = first;
    assert.equal(slowEvent({ ...begun, stages: [unknown, ...others] }, at(60 * minute)), undefined);
    // Of seconds nobody is told.
    const short = stages.map((one): Stage => ({ ...one, expectedMs: 100 }));
    assert.equal(slowEvent({ ...begun, stages: short }, at(minute)), undefined);
    assert.equal(slowEvent(run('r1', stages), at(60 * minute)), undefined, 'not begun');
  });
});

interface Scene {
  arrange(world: EventWorld): Promise<string>;
  act(dying: Mortal, world: EventWorld, id: string): Promise<unknown>;
  /** Kinds that must be told of the run, each once. */
  kinds: string[];
}

const execute: Scene['act'] = ({ state, send, death }, world, id) =>
  executeRun({ ...world.engine(state), send }, id, death);

const scenes: Record<string, Scene> = {
  'a run that fails': {
    async arrange(world) {
      world.failing.add('crude:meter');
      return world.posted(asks(['0c10'], 'operator'));
    },
    act: execute,
    kinds: ['run.failed'],
  },
  'a run with which it works again': {
    async arrange(world) {
      world.failing.add('crude:meter');
      await world.ask([call(['0c10'], ['meter'])]);
      world.failing.clear();
      return world.posted(asks(['0c10'], 'operator'));
    },
    act: execute,
    kinds: ['run.recovered'],
  },
};

describe('a worker dies at any call to storage: what is told is told once', () => {
  for (const [name, scene] of Object.entries(scenes)) {
    test(name, async (t) => {
      const whole = await EventWorld.open(storage);
      const wholeId = await scene.arrange(whole);
      const living = await mortal(whole, storage, Number.POSITIVE_INFINITY, false);
      const sentBefore = whole.sent.length;
      await scene.act(living, whole, wholeId);
      await living.proxy.close();
      const calls = living.proxy.requests.length + whole.sent.length - sentBefore;
      t.diagnostic(`${calls} calls`);
      // What is told is told at the end.
      const told = living.proxy.requests.findIndex(({ path }) => path.includes('/outbox/'));
      assert.ok(told > 0);
      const deaths = Array.from({ length: calls - told + 2 }, (_, index) =>
        [true, false].map((done) => ({ number: told - 1 + index, done })),
      ).flat();
      const die = async ({ number, done }: { number: number; done: boolean }) => {
        const world = await EventWorld.open(storage);
        const id = await scene.arrange(world);
        const dying = await mortal(world, storage, number, done);
        const acting = scene.act(dying, world, id).catch(() => {});
        await Promise.race([
          acting,
          new Promise((resolve) => dying.death.addEventListener('abort', resolve)),
        ]);
        try {
          await dying.expire();
          await world.recover();
          await world.assertClear();
          const events = (await world.events()).filter((event) => event.run === id);
          assert.deepEqual(
            events.map(({ kind }) => kind),
            scene.kinds,
          );
        } catch (error) {
          throw new Error(`dead at call ${number}, ${done ? '' : 'not '}done`, { cause: error });
        } finally {
          await dying.proxy.close();
        }
      };
      const left = someOf(deaths, 1 / 3).values();
      const some = async () => {
        for (const death of left) await die(death);
      };
      await Promise.all(Array.from({ length: 4 }, some));
    });
  }
});
