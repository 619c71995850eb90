/** Which clients are too slow; when they are waited for is in `stalled-client.test.ts`. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Pace } from '../../shared/http/pace.ts';

/** A client who takes pieces of 32 KB at so many bytes a second; milliseconds until it is cut off. */
function cutAfter(rate: number, most: number, pace = new Pace()): number | undefined {
  const piece = 32_768;
  for (let ms = 0; ms < most; ) {
    pace.sent(piece);
    const waited = (piece / rate) * 1000;
    ms += waited;
    try {
      pace.waited(waited);
    } catch (error) {
      assert.match((error as Error).message, /less than 10 KB a second for a minute/);
      return ms;
    }
  }
  return undefined;
}

const hour = 3_600_000;

for (const rate of [1_000, 5_000, 9_900]) {
  test(`${rate} bytes a second are put up with for a minute`, () => {
    const ms = cutAfter(rate, hour) ?? Number.NaN;
    assert.ok(ms >= 60_000 && ms <= 60_000 + 32_768_000 / rate, String(ms));
  });
}

for (const rate of [10_010, 10_100, 1_000_000]) {
  test(`${rate} bytes a second are enough`, () => {
    assert.equal(cutAfter(rate, hour), undefined);
  });
}

test('what was taken an hour ago excuses nobody', () => {
  const pace = new Pace();
  assert.equal(cutAfter(1_000_000, hour, pace), undefined);
  assert.ok((cutAfter(5_000, hour, pace) ?? Number.NaN) < 130_000);
});

test('what is made slowly is no fault of the client', () => {
  const pace = new Pace();
  // A byte an hour, taken at once.
  for (let hours = 0; hours < 1000; hours += 1) {
    pace.sent(1);
    pace.waited(0);
  }
});
