/** How often a company's server is asked: real polls, counted at the server, by a clock of ours. */

import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { oneTestIn } from '../support/some-of.ts';
import { askedWorld, startSystems } from './asked-world.ts';

let systems: Awaited<ReturnType<typeof startSystems>>;
before(async () => {
  systems = await startSystems();
});
after(() => systems.close());

const test = oneTestIn(2);

const dayMs = 86_400_000;
const count = (outcomes: readonly string[], which: string) =>
  outcomes.filter((outcome) => outcome === which).length;

/** Followed, and idle. */
async function followed(fields: Parameters<typeof askedWorld>[1] = {}) {
  const world = await askedWorld(systems, fields);
  await world.poll('request');
  await world.poll('request');
  world.takeAsked();
  return world;
}

test('without a hook a company is asked each minute', async () => {
  const world = await followed();
  assert.equal(count(await world.minutes(10), 'idle'), 10);
  assert.equal(world.takeAsked(), 10);
});

test('with a live hook it is asked each fifth minute, and when the hook says so', async () => {
  const world = await followed();
  await world.hook();
  world.takeAsked();
  assert.equal(count(await world.minutes(20), 'not due'), 16);
  assert.equal(world.takeAsked(), 4);
  world.write('HOOKED');
  assert.deepEqual(await world.hook(), ['applied']);
  assert.equal(world.takeAsked(), 1);
  assert.equal(count(await world.minutes(10), 'not due'), 8);
});

test('a hook that other workers get is as live', async () => {
  const world = await followed();
  const other = world.newProcess();
  await other.hooked('flexi-demo', undefined, AbortSignal.timeout(30_000));
  assert.equal(count(await world.minutes(10), 'not due'), 8);
});

test('a hook that told nothing of what a timer found is not counted on, until it comes again', async () => {
  const world = await followed();
  await world.hook();
  await world.minutes(5);
  world.write('UNTOLD');
  world.takeAsked();
  const outcomes = await world.minutes(10);
  const found = outcomes.indexOf('applied');
  assert.ok(found >= 0 && found < 5, `found in minute ${found + 1}`);
  assert.deepEqual(
    outcomes.slice(found + 1),
    Array.from({ length: 9 - found }, () => 'idle'),
  );
  await world.hook();
  assert.equal(count(await world.minutes(10), 'not due'), 8);
});

test('what a timer finds just after a delivery is no fault of the hook', async () => {
  const world = await followed();
  world.write('TOLD');
  // Its poll is queued, and the timer is sooner.
  await world.companies.hooked('flexi-demo', undefined, AbortSignal.timeout(30_000));
  let outcome = '';
  for (let minute = 0; outcome !== 'applied'; minute += 1) {
    assert.ok(minute < 5);
    // By the clock of the queue, in a minute that is due: the delivery is seconds old.
    const at = new Date(world.now().getTime() + minute * 60_000).toISOString();
    const message = { company: 'flexi-demo', why: 'timer' as const, at, queuedAt: at };
    outcome = await world.companies.poll(message, () => {}, AbortSignal.timeout(30_000));
  }
  assert.equal(count(await world.minutes(10), 'not due'), 8);
});

test('a delivery whose poll cannot look leaves it to each minute', async () => {
  const world = await followed();
  await world.hook();
  systems.flexibee.faults.set({ kind: 'changes', times: 1, status: 403 });
  world.turnOn(120_000);
  assert.deepEqual(await world.hook(), ['trouble']);
  systems.flexibee.faults.clear();
  const outcomes = await world.minutes(10);
  assert.equal(count(outcomes, 'not due'), 0);
  assert.equal(count(outcomes, 'idle') + count(outcomes, 'applied'), 10);
});

test('a hook that has delivered nothing for a day is not counted on', async () => {
  const world = await followed();
  await world.hook();
  world.turnOn(dayMs);
  world.takeAsked();
  assert.equal(count(await world.minutes(10), 'not due'), 0);
  assert.ok(world.takeAsked() >= 10);
});

for (const [pollMinutes, polls] of [
  [1, 30],
  [3, 10],
  [30, 1],
] as const) {
  test(`the catalogue's interval of ${pollMinutes} holds with a live hook, too`, async () => {
    const world = await followed({ pollMinutes });
    await world.hook();
    world.takeAsked();
    await world.minutes(30);
    assert.equal(world.takeAsked(), polls);
  });
}
