/** A cursor that begins anew goes above what the base knows, and one that is over is told. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { restarted } from '../../shared/flexibee/cursor.ts';
import { poll, reset } from '../../shared/flexibee/follow.ts';
import { soon } from '../support/storage.ts';
import { code, evidences, newWorld, type World } from './world.ts';

const [first = '', second = ''] = evidences;

async function following(options: Parameters<typeof newWorld>[0] = {}): Promise<World> {
  const world = newWorld(options);
  for (const evidence of evidences) world.company.write('create', evidence);
  await world.settle();
  return world;
}

const generationOf = ({ cursor }: World) => cursor?.generation ?? assert.fail('no cursor');

/** The cursor's blob as it was at some time, or none. */
async function put(world: World, cursor: World['cursor']): Promise<void> {
  const held = await world.cursors.store.acquire(code, soon());
  assert.ok(held);
  await held.replace(cursor ?? restarted(undefined, new Date(world.time())), soon());
  await held.release();
}

test('three resets within a minute and a cursor that got lost: the mirror takes what comes', async () => {
  const world = await following();
  for (let times = 0; times < 3; times += 1) {
    assert.equal(await reset(world.worker().context, { waitForLockMs: 0 }, soon()), true);
    await world.settle();
  }
  const before = generationOf(world);
  assert.ok(before > Math.floor(world.time() / 60_000), 'above the minute');
  await put(world, undefined);
  world.company.write('update', first);
  world.company.write('delete', second);
  await world.settle();
  assert.ok(generationOf(world) > before);
  world.check();
});

test('a clock that was set back makes no lower generation', async () => {
  const world = await following();
  const before = generationOf(world);
  world.tick(-24 * 3_600_000);
  await put(world, undefined);
  world.company.write('update', first);
  await world.settle();
  assert.equal(generationOf(world), before + 1);
  world.check();
});

for (const onRegression of ['stop', 'reload'] as const) {
  test(`an old cursor that was restored, with "${onRegression}": it is told, and mended by a new generation`, async () => {
    const world = await following({ onRegression });
    const old = world.cursor;
    assert.ok(old);
    await reset(world.worker().context, { waitForLockMs: 0 }, soon());
    world.company.write('create', first);
    await world.settle();
    const newer = generationOf(world);
    await put(world, old);
    world.company.write('update', second);
    assert.equal((await world.poll()).outcome, 'trouble');
    assert.equal(world.cursor?.trouble?.kind, 'newer generation');
    assert.match(world.logged.join('\n'), /generation \d+ is over.*newer generation/);
    if (onRegression === 'stop') {
      // Nothing is asked of the server until somebody has looked.
      world.requests.length = 0;
      assert.equal((await world.poll()).outcome, 'trouble');
      assert.deepEqual(world.requests, []);
      await reset(world.worker().context, { waitForLockMs: 0 }, soon());
    }
    await world.settle();
    assert.ok(generationOf(world) > newer);
    assert.equal(world.cursor?.trouble, undefined);
    world.check();
  });
}

test('what a dead worker had sent arrives after a reset and its load: nobody has that record', async () => {
  const world = await following();
  const id = world.company.write('create', first);
  // The page is on its way to the base when the worker dies.
  const at = await deathAtApply(world);
  await world.poll({ at, mode: 'late' });
  world.company.write('delete', first, id);
  await reset(world.worker().context, { waitForLockMs: 0 }, soon());
  await world.settle();
  await world.arriveLate();
  world.check();
});

/** Which I/O of the next poll is its first call of the mirror. */
async function deathAtApply(world: World): Promise<number> {
  const { context, done } = world.worker();
  const asked: typeof context = {
    ...context,
    mirror: { ...context.mirror, apply: () => Promise.reject(new Error('looked')) },
  };
  await assert.rejects(poll(asked, { waitForLockMs: 0 }, soon()), /looked/);
  await world.cursors.expire();
  return done.filter((what) => what !== 'release').length + 1;
}
