/** Changes that are committed long after their version was taken are in the mirror all the same. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { companyState, poll } from '../../shared/flexibee/follow.ts';
import { fewestLooks } from '../../shared/flexibee/gaps.ts';
import { soon } from '../support/storage.ts';
import { code, evidences, type Illness, lateMs, newWorld, type World } from './world.ts';

const [first = '', second = ''] = evidences;
const minute = 60_000;

async function following(options?: Parameters<typeof newWorld>[0]): Promise<World> {
  const world = newWorld({ onRegression: 'stop', ...options });
  world.company.write('create', first);
  world.company.write('create', second);
  await world.settle();
  return world;
}

function isMissing({ mirror, company }: World): boolean {
  return mirror.alive(code, first).size < company.alive(first).size;
}

async function pollsUntilThere(world: World): Promise<number> {
  for (let polls = 0; polls < 10; polls += 1) {
    if (!isMissing(world)) return polls;
    await world.poll();
  }
  return Number.POSITIVE_INFINITY;
}

for (const others of [0, 3, 300]) {
  test(`behind 30,000 changes, beside ${others} transactions rolled back: two polls`, async () => {
    const world = await following({ timestamps: false });
    world.company.begin('create', first);
    for (let index = 0; index < 30_000; index += 1) {
      if (others > 0 && index % Math.floor(30_000 / others) === 1) world.company.skip(1);
      world.company.write(index < 2_000 ? 'create' : 'update', second);
    }
    await world.settle();
    for (let minutes = 0; minutes < 5; minutes += 1) {
      world.tick(minute);
      await world.poll();
    }
    world.company.commit(0);
    assert.ok((await pollsUntilThere(world)) <= 2);
    world.check();
  });
}

test('an idle poll with gaps costs a request for each page of half of them, and writes rarely', async () => {
  const world = await following();
  for (let index = 0; index < 20; index += 1) {
    world.company.begin('create', first);
    for (let page = 0; page < 1_000; page += 1) world.company.write('update', second);
  }
  await world.settle();
  for (let look = 0; look < fewestLooks; look += 1) await world.poll();
  const [one, other] = [await world.poll(), await world.poll()];
  const asked = [one, other].map(({ done }) => done.filter((what) => what === 'changes').length);
  // The gap of the newest page comes with what is new.
  assert.deepEqual(asked, [11, 11]);
  assert.equal(one.outcome, 'idle');
});

test('a single gap costs no write once it was looked at often enough', async () => {
  const world = await following();
  world.company.begin('create', first);
  for (let page = 0; page < 3_000; page += 1) world.company.write('update', second);
  await world.settle();
  for (let look = 0; look < fewestLooks; look += 1) await world.poll();
  world.tick(6 * minute);
  await world.poll();
  const { done } = await world.poll();
  assert.deepEqual(done, ['acquire', 'changes', 'changes', 'release']);
});

test('the lag counts open gaps, until they are closed', async () => {
  const world = await following();
  world.company.begin('create', first);
  world.company.write('update', second);
  world.company.begin('create', first);
  world.company.write('update', second);
  await world.settle();
  const lag = () => companyState(world.cursor, new Date(world.time())).lag;
  assert.deepEqual(lag(), { versions: 2, gaps: 2, seconds: 0 });
  world.company.commit(0);
  await world.settle();
  assert.deepEqual(lag(), { versions: 1, gaps: 1, seconds: 0 });
  world.company.rollBack(0);
  world.tick(lateMs);
  for (let look = 0; look < fewestLooks; look += 1) await world.poll();
  assert.deepEqual(lag(), { versions: 0, gaps: 0, seconds: 0 });
});

describe('committed after minutes', () => {
  const ills: [string, (poll: number) => Illness][] = [
    ['no fault', () => ({})],
    ['a worker whose clock is 11 minutes ahead', () => ({ skewMs: 11 * minute })],
    ['a worker whose clock is 3 hours ahead', () => ({ skewMs: 180 * minute })],
    ['workers 11 minutes ahead and behind', (at) => ({ skewMs: (at % 2 ? 11 : -11) * minute })],
  ];
  const clocks: [string, number][] = [
    ['as it was', 0],
    ['an hour ahead', 1],
    ['an hour back', -1],
    ['two days ahead', 48],
  ];
  for (const minutes of [1, 11, 20, 55]) {
    for (const [illness, illAt] of ills) {
      for (const [clock, hours] of clocks) {
        test(`${minutes}: ${illness}, the server's clock then ${clock}`, async () => {
          const world = await following();
          world.company.begin('create', first);
          world.company.write('update', second);
          for (let at = 0; at < minutes; at += 1) {
            world.tick(minute);
            if (at === Math.floor(minutes / 2)) world.company.setClock(hours * 60 * minute);
            if (at % 3 === 0) world.company.write('update', second);
            await world.poll(undefined, undefined, illAt(at));
          }
          world.company.commit(0);
          await world.poll(undefined, undefined, illAt(minutes));
          world.check();
        });
      }
    }
  }
});

test('a gap is not given up by age alone: after an hour without polls it is looked at first', async () => {
  const world = await following();
  world.company.begin('create', first);
  world.company.write('update', second);
  await world.settle();
  world.tick(5 * lateMs);
  // The poll that found nothing new was a look.
  for (let look = 2; look < fewestLooks; look += 1) {
    await world.poll();
    assert.equal(world.cursor?.gaps.length, 1);
  }
  await world.poll();
  assert.equal(world.cursor?.gaps.length, 0);
});

test('what is committed while an answer is under way is not held against its time', async () => {
  const world = await following();
  world.company.begin('create', first);
  world.company.write('update', second);
  await world.settle();
  for (let look = 0; look < fewestLooks; look += 1) await world.poll();
  world.tick(lateMs - 20_000);
  const { context } = world.worker();
  const changes: typeof context.source.changes = async (range, signal) => {
    const page = await context.source.changes(range, signal);
    world.tick(32_000);
    // Its hour is not over yet, by the time of the request.
    if (world.company.open.length > 0) world.company.commit(0);
    return page;
  };
  const slow = { ...context, source: { ...context.source, changes } };
  await poll(slow, { waitForLockMs: 0 }, soon());
  assert.ok(isMissing(world));
  await world.settle();
  world.check();
});

describe('taken long before a load begins, committed after it', () => {
  for (const timestamps of [true, false]) {
    for (const global of ['seen', 'given out'] as const) {
      for (const before of [0, 500, 1_500, 30_000]) {
        test(`${before} changes; ${timestamps ? '' : 'no '}times; global ${global}`, async () => {
          const world = newWorld({ timestamps, global, onRegression: 'stop' });
          world.company.begin('create', first);
          for (let index = 0; index < before; index += 1) {
            world.company.write(index < 100 ? 'create' : 'update', second);
          }
          await world.settle();
          world.company.commit(0);
          assert.ok((await pollsUntilThere(world)) <= 2);
          world.check();
        });
      }
    }
  }

  test('by a list that is of years, it is read back for a day, not for years', async () => {
    const world = newWorld({ onRegression: 'stop' });
    for (let day = 0; day < 40; day += 1) {
      for (let index = 0; index < 1_000; index += 1) world.company.write('update', second);
      for (let index = 0; index < 5; index += 1) world.company.write('create', second);
      world.tick(24 * 60 * minute);
    }
    await world.poll();
    const asked = world.requests.filter((what) => what === 'changes').length;
    assert.ok(asked <= 7, `${asked}`);
    assert.deepEqual(world.cursor?.gaps, []);
  });
});

test('a list of changes is empty, and one was taken long ago', async () => {
  const world = newWorld({ onRegression: 'stop', global: 'given out' });
  world.company.begin('create', first);
  world.company.skip(5_000);
  await world.settle();
  world.company.commit(0);
  await world.settle();
  world.check();
});
