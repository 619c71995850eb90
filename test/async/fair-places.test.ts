import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { FairPlaces, NoPlaceError } from '../../shared/async/fair-places.ts';

const never = () => new AbortController().signal;
const settled = () => new Promise((resolve) => setImmediate(resolve));
const ever = Number.POSITIVE_INFINITY;

/** Takes places, and writes down who got one, in order. */
function taker(places: FairPlaces) {
  const given: string[] = [];
  const back: (() => void)[] = [];
  const ask = (name: string, weight?: number, signal = never()) =>
    places.take({ name, weight }, ever, signal).then(
      (giveBack) => {
        given.push(name);
        back.push(giveBack);
      },
      () => {},
    );
  return { given, back, ask };
}

describe('places shared fairly', () => {
  it('gives nobody more than half, and the rest to others at once', async () => {
    const places = new FairPlaces(10);
    const { given, ask } = taker(places);
    for (let index = 0; index < 10; index += 1) void ask('greedy');
    void ask('modest');
    await settled();
    assert.deepEqual(given, [...Array(5).fill('greedy'), 'modest']);
    const { used, waiting, holders } = places.use;
    assert.deepEqual({ used, waiting }, { used: 6, waiting: 5 });
    assert.deepEqual(holders[0], { name: 'greedy', used: 5, waiting: 5 });
  });

  it('a crowd of which each comes once is served as it came, whoever else comes and goes', async () => {
    const places = new FairPlaces(2, { now: () => 0 });
    const { given, back, ask } = taker(places);
    const names = Array.from({ length: 1_500 }, (_, index) => `one ${index}`);
    for (const name of names) void ask(name);
    // Those that are remembered without having anything.
    for (let index = 0; index < 1_500; index += 1) places.takeNow({ name: `passer-by ${index}` });
    assert.deepEqual([places.use.used, places.use.waiting], [2, 1_498]);
    for (let served = 0; served < names.length; served += 1) {
      await settled();
      back[served]?.();
    }
    assert.deepEqual(given, names);
    assert.deepEqual([places.use.used, places.use.holders], [0, []]);
  });

  it('one place is one place', async () => {
    const places = new FairPlaces(1);
    const { given, back, ask } = taker(places);
    void ask('a');
    void ask('b');
    await settled();
    assert.deepEqual(given, ['a']);
    back[0]?.();
    back[0]?.();
    await settled();
    assert.deepEqual([given, places.use.used], [['a', 'b'], 1]);
  });

  it('hands the next one to whoever has fewest for its weight', async () => {
    const places = new FairPlaces(4);
    const { given, back, ask } = taker(places);
    for (const name of ['a', 'a', 'b', 'c']) await ask(name);
    // Of two with one place each, weight 2 counts as half a place.
    void ask('b');
    void ask('c', 2);
    back[0]?.();
    await settled();
    assert.equal(given.at(-1), 'c');
  });

  it('and of these, to whoever has had least of late; half of it is forgotten in a minute', async () => {
    let now = 0;
    const places = new FairPlaces(2, { now: () => now });
    const { given, back, ask } = taker(places);
    await ask('long');
    now = 10_000;
    back[0]?.();
    await ask('short');
    now = 11_000;
    back[1]?.();
    await ask('x');
    await ask('y');
    void ask('long');
    void ask('short');
    back[2]?.();
    await settled();
    assert.equal(given.at(-1), 'short');
    // Then short has one, and long is next.
    back[3]?.();
    await settled();
    assert.equal(given.at(-1), 'long');
  });

  it('sends away who waits too long, and says whose fault it is', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const places = new FairPlaces(4);
    const { ask } = taker(places);
    for (const name of ['a', 'a', 'b', 'b']) await ask(name);
    const own = places.take({ name: 'a' }, 5_000, never());
    const others = places.take({ name: 'c' }, 5_000, never());
    t.mock.timers.tick(4_999);
    assert.equal(places.use.waiting, 2);
    assert.equal(places.use.refusedMs, undefined);
    t.mock.timers.tick(1);
    const fails = (isOwn: boolean) => (error: unknown) =>
      error instanceof NoPlaceError && error.isOwn === isOwn;
    await assert.rejects(own, fails(true));
    await assert.rejects(others, fails(false));
    assert.equal(places.use.waiting, 0);
    assert.ok(places.use.refusedMs !== undefined);
  });

  it('keeps no more than a hundred of one waiting', async () => {
    const places = new FairPlaces(2);
    const { ask } = taker(places);
    for (let index = 0; index < 101; index += 1) void ask('a');
    await settled();
    await assert.rejects(places.take({ name: 'a' }, ever, never()), { isOwn: true });
    const giveBack = await places.take({ name: 'b' }, ever, never());
    giveBack();
  });

  it('gives a place at once, or none', async () => {
    const places = new FairPlaces(2);
    const giveBack = places.takeNow({ name: 'a' });
    assert.ok(giveBack);
    assert.equal(places.takeNow({ name: 'a' }), undefined);
    const { given, ask } = taker(places);
    void ask('a');
    giveBack();
    // It is handed on to who waits: nobody comes between.
    assert.equal(places.takeNow({ name: 'a' }), undefined);
    await settled();
    assert.deepEqual([given, places.use.used, places.use.waiting], [['a'], 1, 0]);
  });

  it('gives one more as long as he is alone, and again once nobody else has come for a while', async () => {
    let ms = 0;
    const alone = { most: 5, afterMs: 1_000 };
    const places = new FairPlaces(8, { most: 2, alone, now: () => ms });
    const { given, back, ask } = taker(places);
    for (let index = 0; index < 20; index += 1) void ask('a');
    await settled();
    assert.equal(given.length, 5);
    places.takeNow({ name: 'b' })?.();
    for (const giveBack of back.splice(0, 3)) giveBack();
    await settled();
    assert.deepEqual([given.length, places.use.used], [5, 2]);
    ms = 999;
    back.shift()?.();
    await settled();
    assert.deepEqual([given.length, places.use.used], [6, 2]);
    ms = 1_000;
    back.shift()?.();
    await settled();
    assert.equal(places.use.used, 5);
  });

  it('as many of one wait as it is told', async () => {
    const places = new FairPlaces(2, { mostWaiting: Number.POSITIVE_INFINITY });
    const { ask } = taker(places);
    for (let index = 0; index < 500; index += 1) void ask('a');
    await settled();
    assert.equal(places.use.waiting, 499);
  });

  it('forgets who has rested when many others come, and nobody who has or wants one', async () => {
    const places = new FairPlaces(4);
    const { given, back, ask } = taker(places);
    for (const name of ['a', 'a', 'a', 'b']) void ask(name);
    await settled();
    for (let index = 0; index < 5_000; index += 1) places.takeNow({ name: `${index}` })?.();
    assert.deepEqual(places.use.holders, [
      { name: 'a', used: 2, waiting: 1 },
      { name: 'b', used: 1, waiting: 0 },
    ]);
    back[0]?.();
    await settled();
    assert.equal(given.filter((name) => name === 'a').length, 3);
  });

  it('loses none, whoever leaves when', async () => {
    const step = fc.record({
      name: fc.constantFrom('a', 'b', 'c'),
      weight: fc.integer({ min: 1, max: 5 }),
      does: fc.constantFrom('ask', 'ask', 'give back', 'leave', 'settle'),
      which: fc.nat({ max: 9 }),
    });
    const property = fc.asyncProperty(
      fc.integer({ min: 1, max: 5 }),
      fc.array(step, { maxLength: 40 }),
      async (count, steps) => {
        const places = new FairPlaces(count);
        const { given, back, ask } = taker(places);
        const leaving: AbortController[] = [];
        let asked = 0;
        for (const { name, weight, does, which } of steps) {
          if (does === 'ask') {
            const leave = new AbortController();
            leaving.push(leave);
            asked += 1;
            void ask(name, weight, leave.signal);
          } else if (does === 'give back') back.splice(which, 1)[0]?.();
          else if (does === 'leave') leaving.splice(which, 1)[0]?.abort(new Error('left'));
          else await settled();
          const { used, holders } = places.use;
          assert.ok(used <= count);
          for (const holder of holders) assert.ok(holder.used <= Math.max(1, count / 2));
        }
        for (let round = 0; round <= asked && places.use.used > 0; round += 1) {
          await settled();
          for (const giveBack of back.splice(0)) giveBack();
        }
        assert.deepEqual([places.use.used, places.use.waiting], [0, 0]);
        assert.ok(given.length <= asked);
      },
    );
    await fc.assert(property, { numRuns: 60 });
  });
});
