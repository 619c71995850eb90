import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { HttpProblem } from '../../shared/http/problem.ts';
import { RateLimit } from '../../shared/http/rate-limit.ts';
import { RequestLimits } from '../../shared/http/request-limits.ts';

test('a quota may come at once, then one in each of its parts of a minute', () => {
  let now = 5_000;
  const limit = new RateLimit(60, () => now);
  for (let count = 0; count < 60; count++) assert.equal(limit.take('a'), undefined);
  assert.equal(limit.take('a'), 1_000);
  assert.equal(limit.waitMs('a'), 1_000);
  assert.equal(limit.take('b'), undefined);
  now += 999;
  assert.equal(limit.take('a'), 1);
  now += 1;
  assert.equal(limit.waitMs('a'), undefined);
  assert.equal(limit.take('a'), undefined);
  assert.equal(limit.take('a'), 1_000);
  now += 60_000;
  for (let count = 0; count < 60; count++) assert.equal(limit.take('a'), undefined);
  assert.notEqual(limit.take('a'), undefined);
});

test('however requests come, no minute has more than twice the quota, and whoever is slow is never refused', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 200 }),
      fc.array(fc.integer({ min: 0, max: 3_000 }), { maxLength: 400 }),
      (quota, pauses) => {
        let now = 0;
        const limit = new RateLimit(quota, () => now);
        const taken: number[] = [];
        for (const pause of pauses) {
          now += pause;
          if (limit.take('a') === undefined) taken.push(now);
          else assert.ok(pause < 60_000 / quota, 'slow enough, and refused');
        }
        for (const from of taken) {
          const within = taken.filter((at) => at >= from && at < from + 60_000).length;
          assert.ok(within <= 2 * quota + 1, `${within} of ${quota}`);
        }
      },
    ),
  );
});

test('what is remembered does not grow with the keys that come', () => {
  let now = 0;
  const limit = new RateLimit(60, () => now);
  for (let count = 0; count < 60_000; count++) limit.take(`quick ${count}`);
  assert.equal(limit.size, 50_000);
  now += 10_000;
  for (let count = 0; count < 15_000; count++) limit.take(`late ${count}`);
  // Those that have rested give their places back.
  assert.equal(limit.size, 15_000);
});

const limits = (more: { requestsPerCaller?: number; requestsPerAddress?: number } = {}) =>
  new RequestLimits({ requestsPerCaller: 60, requestsPerAddress: 60, ...more }, () => 0);

function refusalOf(work: () => void): HttpProblem | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    assert.ok(error instanceof HttpProblem);
    return error;
  }
}

test('a refusal says how long, and by which quota', () => {
  const own = limits();
  for (let count = 0; count < 60; count++) own.caller({ name: 'demo' });
  const refusal = refusalOf(() => own.caller({ name: 'demo' }));
  assert.equal(refusal?.status, 429);
  assert.deepEqual(refusal.headers, {
    'retry-after': '1',
    ratelimit: '"caller";r=0;t=1',
    'ratelimit-policy': '"caller";q=60;w=60',
  });
  assert.equal(refusal.document().retryAfter, 1);
  // An account that is called like a token is another caller.
  own.caller({ name: 'demo', principal: '0b1ec7' });
  own.stranger('203.0.113.7');
});

test('one address has its quota, ten addresses all there is for strangers', () => {
  const own = limits();
  let refused = 0;
  for (let address = 0; address < 20; address++) {
    for (let count = 0; count < 61; count++) {
      const name = refusalOf(() => own.stranger(`203.0.113.${address}`))?.headers[
        'ratelimit-policy'
      ];
      if (name === undefined) continue;
      refused += 1;
      assert.equal(name, count === 60 ? '"address";q=60;w=60' : '"strangers";q=600;w=60');
    }
  }
  assert.equal(refused, 10 + 10 * 61);
  own.caller({ name: 'demo' });
});

const same: Array<[one: string, other: string, isSame: boolean]> = [
  ['203.0.113.7', '203.0.113.8', false],
  ['203.0.113.7', '::ffff:203.0.113.7', true],
  ['2001:db8::1', '2001:0db8:0:0:ffff::2', true],
  ['2001:db8::1', '2001:db8:0:1::1', false],
  ['2001:db8:0:1:2:3:4:5', '2001:DB8:0:1::', true],
  ['::1', '::2', true],
];
for (const [one, other, isSame] of same) {
  test(`${one} and ${other} are ${isSame ? 'one' : 'two'}`, () => {
    const own = limits();
    for (let count = 0; count < 60; count++) own.stranger(one);
    assert.equal(refusalOf(() => own.stranger(other)) !== undefined, isSame);
    assert.equal(refusalOf(() => own.perhapsKnown(other)) !== undefined, isSame);
  });
}

test('where nobody tells addresses, strangers have one quota together', () => {
  const own = limits();
  for (let count = 0; count < 600; count++) own.stranger(undefined);
  assert.match(refusalOf(() => own.stranger(undefined))?.message ?? '', /without a good token/);
  own.perhapsKnown(undefined);
});
