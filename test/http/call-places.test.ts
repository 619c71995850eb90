import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, type TestContext, test } from 'node:test';
import fc from 'fast-check';
import { CallPlace } from '../../shared/http/call-place.ts';
import { CallPlaces } from '../../shared/http/call-places.ts';
import { goesWith } from '../../shared/http/outgoing.ts';
import { HttpProblem } from '../../shared/http/problem.ts';

/** Of one caller, and of all callers together, as docs/api.md says. */
const most = { ofOne: 3, ofAll: 12, alone: 9 };

/** Places where others have just called, so that nobody is alone. */
function places(): CallPlaces {
  const calls = new CallPlaces();
  const somebody = new CallPlace('');
  assert.equal(calls.caller({ name: 'somebody' }, somebody), undefined);
  somebody.end();
  const stranger = new CallPlace('');
  assert.equal(calls.stranger('192.0.2.1', stranger), undefined);
  stranger.end();
  return calls;
}

const settled = () => new Promise((resolve) => setImmediate(resolve));
const isTooBusy = (error: unknown) =>
  error instanceof HttpProblem && error.status === 503 && error.headers['retry-after'] === '10';

/** Callers that come, and which of their calls have begun, in order. */
function comers(t: TestContext, calls = places()) {
  const begun: string[] = [];
  const works = new Map<string, CallPlace[]>();
  const all: CallPlace[] = [];
  // Whoever is still in line then leaves it, before the next test has other timers.
  t.after(async () => {
    for (const place of all) place.end();
    await settled();
  });
  const begin = async (
    name: string,
    take: (place: CallPlace) => Promise<void> | undefined,
    invocationId = '',
  ) => {
    const place = new CallPlace(invocationId);
    all.push(place);
    await take(place);
    begun.push(name);
    works.set(name, [...(works.get(name) ?? []), place]);
  };
  return {
    calls,
    begun,
    come: (name: string, invocationId?: string) =>
      begin(name, (place) => calls.caller({ name }, place), invocationId),
    comeFrom: (address: string) => begin(address, (place) => calls.stranger(address, place)),
    /** The place of the eldest call of a caller that works. */
    eldest: (name: string) => works.get(name)?.shift() ?? assert.fail(`${name} has none`),
  };
}

test('a caller who is alone has nine calls at work, and three once another has come', async (t) => {
  const { calls, begun, come, eldest } = comers(t, new CallPlaces());
  for (let count = 0; count < 50; count += 1) void come('greedy');
  await settled();
  assert.deepEqual(calls.use, { working: most.alone, waiting: 50 - most.alone });
  void come('other');
  await settled();
  assert.equal(begun.at(-1), 'other');
  eldest('other').end();
  for (let ended = 0; ended <= most.alone - most.ofOne; ended += 1) {
    assert.equal(begun.length, most.alone + 1);
    eldest('greedy').end();
    await settled();
  }
  assert.deepEqual([calls.use.working, begun.length], [most.ofOne, most.alone + 2]);
});

test('one caller has three calls at work, the others in line; whoever else comes begins at once', async (t) => {
  const { calls, begun, come, eldest } = comers(t);
  for (let count = 0; count < 200; count += 1) void come('greedy');
  void come('other');
  await settled();
  assert.deepEqual(begun, [...Array(most.ofOne).fill('greedy'), 'other']);
  assert.deepEqual(calls.use, { working: 4, waiting: 197 });
  for (let count = 0; count < 200; count += 1) {
    eldest('greedy').end();
    await settled();
  }
  eldest('other').end();
  assert.equal(begun.filter((name) => name === 'greedy').length, 200);
  assert.deepEqual(calls.use, { working: 0, waiting: 0 });
});

test('one who comes alone waits for nothing, not even a turn of the loop', () => {
  const calls = places();
  assert.equal(calls.caller({ name: 'a' }, new CallPlace('1')), undefined);
  assert.equal(calls.stranger('203.0.113.7', new CallPlace('2')), undefined);
});

test('where all places are taken, callers have their turns', async (t) => {
  const { begun, come, eldest } = comers(t);
  for (const name of ['a', 'b', 'c', 'd']) {
    for (let count = 0; count < 20; count += 1) void come(name);
  }
  for (let count = 0; count < 3; count += 1) void come('e');
  await settled();
  assert.equal(begun.length, most.ofAll);
  for (const name of ['a', 'b', 'c']) {
    eldest(name).end();
    await settled();
  }
  assert.deepEqual(begun.slice(most.ofAll), ['e', 'e', 'e']);
});

test('strangers take nothing from who is known, and networks have their turns', async (t) => {
  const { calls, begun, comeFrom } = comers(t);
  for (let host = 0; host < 20; host += 1) void comeFrom(`2001:db8:0:1::${host}`);
  void comeFrom('2001:db8:0:2::1');
  await settled();
  assert.equal(begun.length, most.ofOne + 1);
  assert.equal(begun.at(-1), '2001:db8:0:2::1');
  for (let network = 0; network < 100; network += 1) void comeFrom(`203.0.113.${network}`);
  await settled();
  assert.equal(begun.length, most.ofAll);
  assert.equal(calls.caller({ name: 'known' }, new CallPlace('y')), undefined);
});

test('who cannot begin within 25 s is told to come again, and has left the line', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { calls, come } = comers(t);
  for (let count = 0; count < most.ofOne; count += 1) await come('a');
  const late = come('a');
  t.mock.timers.tick(24_999);
  assert.equal(calls.use.waiting, 1);
  t.mock.timers.tick(1);
  await assert.rejects(late, isTooBusy);
  assert.deepEqual(calls.use, { working: most.ofOne, waiting: 0 });
});

test('a client who goes has left the line', async (t) => {
  const { calls, come, eldest } = comers(t);
  for (let count = 0; count < most.ofOne; count += 1) await come('a');
  const leaving = new AbortController();
  const forget = goesWith('leaving', leaving.signal);
  const left = come('a', 'leaving');
  leaving.abort();
  await assert.rejects(left, isTooBusy);
  assert.equal(calls.use.waiting, 0);
  forget();
  eldest('a').end();
  assert.equal(calls.use.working, most.ofOne - 1);
});

describe('a call that waits for something', () => {
  test('gives its place to the next, and goes on when it has one again', async (t) => {
    const { calls, begun, come, eldest } = comers(t);
    for (let count = 0; count <= most.ofOne; count += 1) void come('a');
    await settled();
    const held = new AbortController();
    const first = eldest('a');
    let hasGoneOn = false;
    const aside = first
      .aside(() => once(held.signal, 'abort'))
      .then(() => {
        hasGoneOn = true;
      });
    await settled();
    assert.equal(begun.length, most.ofOne + 1);
    held.abort();
    await settled();
    assert.equal(hasGoneOn, false);
    eldest('a').end();
    await aside;
    assert.deepEqual(calls.use, { working: most.ofOne, waiting: 0 });
  });

  test('keeps it for as long as it is told', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const { calls, come, eldest } = comers(t);
    await come('a');
    const place = eldest('a');
    const { promise, resolve } = Promise.withResolvers<number>();
    const aside = place.aside(() => promise, 100);
    t.mock.timers.tick(99);
    assert.equal(calls.use.working, 1);
    t.mock.timers.tick(1);
    assert.equal(calls.use.working, 0);
    resolve(7);
    assert.equal(await aside, 7);
    assert.equal(calls.use.working, 1);
    await place.aside(async () => {}, 100);
    t.mock.timers.tick(1_000);
    assert.equal(calls.use.working, 1);
  });

  test('in vain is refused without waiting for a place', async (t) => {
    const { calls, come, eldest } = comers(t);
    await come('a');
    const place = eldest('a');
    await assert.rejects(
      place.aside(() => Promise.reject(new Error('broken'))),
      /broken/,
    );
    assert.equal(calls.use.working, 0);
    place.end();
    assert.equal(calls.use.working, 0);
  });

  test('and has ended meanwhile takes none', async (t) => {
    const { calls, come, eldest } = comers(t);
    await come('a');
    const place = eldest('a');
    const { promise, resolve } = Promise.withResolvers<void>();
    const aside = place.aside(() => promise);
    place.end();
    resolve();
    await aside;
    assert.equal(calls.use.working, 0);
    // Neither one that was still in line for it.
    for (let count = 0; count < most.ofOne; count += 1) await come('a');
    const late = new CallPlace('late');
    const waiting = calls.caller({ name: 'a' }, late);
    late.end();
    eldest('a').end();
    await waiting;
    assert.equal(calls.use.working, most.ofOne - 1);
  });

  test('and has no place to begin with has none afterwards', async () => {
    const place = new CallPlace('none');
    assert.equal(await place.aside(async () => 7), 7);
    place.end();
  });
});

test('however calls come, wait and end: never more at work than may, and none is lost', async () => {
  const names = ['a', 'b', 'c', 'd', 'e'];
  const step = fc.record({
    name: fc.constantFrom(...names),
    does: fc.constantFrom('come', 'come', 'come', 'end', 'aside', 'back', 'leave', 'settle'),
    which: fc.nat({ max: 9 }),
  });
  interface OneCall {
    name: string;
    place: CallPlace;
    leave: AbortController;
    state: 'waits' | 'works' | 'aside' | 'over';
    back?: () => void;
  }
  const property = fc.asyncProperty(fc.array(step, { maxLength: 120 }), async (steps) => {
    const calls = places();
    const all: OneCall[] = [];
    const of = (state: OneCall['state'], name?: string) =>
      all.filter((call) => call.state === state && (name === undefined || call.name === name));
    const began = (call: OneCall) => {
      if (call.state === 'waits') call.state = 'works';
    };
    const begin = async (name: string) => {
      const id = crypto.randomUUID();
      const call: OneCall = {
        ...{ name, place: new CallPlace(id), leave: new AbortController(), state: 'waits' },
      };
      all.push(call);
      const forget = goesWith(id, call.leave.signal);
      try {
        await calls.caller({ name }, call.place);
        began(call);
      } catch (error) {
        assert.ok(isTooBusy(error));
        call.state = 'over';
      } finally {
        forget();
      }
    };
    const stepAside = async (call: OneCall) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      call.state = 'aside';
      call.back = () => {
        if (call.state === 'aside') call.state = 'waits';
        resolve();
      };
      await call.place.aside(() => promise);
      began(call);
    };
    const end = (call: OneCall) => {
      call.state = 'over';
      call.back?.();
      call.place.end();
    };
    const check = () => {
      assert.ok(calls.use.working <= most.ofAll);
      for (const name of names) {
        assert.ok(of('works', name).length <= most.ofOne);
        // Nobody waits where there is a place that he may have.
        const mayMore = of('works', name).length < most.ofOne && calls.use.working < most.ofAll;
        if (mayMore) assert.deepEqual(of('waits', name), []);
      }
      assert.equal(calls.use.working, of('works').length);
      assert.equal(calls.use.waiting, of('waits').length);
    };
    for (const { name, does, which } of steps) {
      const pick = (state: OneCall['state']) => of(state, name)[which % most.ofOne];
      if (does === 'come') for (let count = 0; count <= which; count += 1) void begin(name);
      if (does === 'leave') pick('waits')?.leave.abort();
      if (does === 'aside') {
        const call = pick('works');
        if (call) void stepAside(call);
      }
      if (does === 'back') pick('aside')?.back?.();
      if (does === 'end') {
        const call = pick('works');
        if (call) end(call);
      }
      await settled();
      check();
    }
    // Whoever waits comes to his turn: the line gets shorter with each one that ends.
    for (let left = all.length * 3; left > 0 && of('over').length < all.length; left -= 1) {
      for (const call of of('aside')) call.back?.();
      await settled();
      const [next] = of('works');
      if (next) end(next);
      await settled();
      check();
    }
    assert.equal(of('over').length, all.length);
    assert.deepEqual(calls.use, { working: 0, waiting: 0 });
  });
  await fc.assert(property, { numRuns: 25 });
});
