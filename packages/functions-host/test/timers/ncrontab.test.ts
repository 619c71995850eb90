import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseSchedule } from '../../src/timers/ncrontab.ts';

/** Expression, from, the next three. */
const occurrences: [string, string, string[]][] = [
  ['0 */5 * * * *', '2026-01-01T00:00:00Z', ['00:05:00', '00:10:00', '00:15:00']],
  ['*/15 * * * * *', '2026-01-01T00:00:00.500Z', ['00:00:15', '00:00:30', '00:00:45']],
  ['5/20 * * * * *', '2026-01-01T00:00:00Z', ['00:00:05', '00:00:25', '00:00:45']],
  ['0 30 9 * * MON-FRI', '2026-01-02T10:00:00Z', ['2026-01-05', '2026-01-06', '2026-01-07']],
  ['0 0 0 1 JANUARY,jul *', '2026-01-01T00:00:00Z', ['2026-07-01', '2027-01-01', '2027-07-01']],
  // Both the day and the day of week.
  ['0 0 12 1 * 1', '2026-01-01T00:00:00Z', ['2026-06-01', '2027-02-01', '2027-03-01']],
  ['0 0 0 29 2 *', '2026-01-01T00:00:00Z', ['2028-02-29', '2032-02-29', '2036-02-29']],
  ['10-50/20 * * * * *', '2026-01-01T00:00:30Z', ['00:00:50', '00:01:10', '00:01:30']],
  // Five fields: without seconds.
  ['*/10 * * * *', '2026-01-01T00:00:00Z', ['00:10:00', '00:20:00', '00:30:00']],
  ['00:00:45', '2026-01-01T00:00:00Z', ['00:00:45', '00:01:30', '00:02:15']],
];

for (const [expression, from, expected] of occurrences) {
  test(`${expression} after ${from}`, () => {
    const schedule = parseSchedule(expression, 'UTC');
    let time = new Date(from);
    for (const part of expected) {
      time = schedule.next(time);
      assert.ok(time.toISOString().includes(part), `${time.toISOString()} has no ${part}`);
    }
  });
}

const faults: [string, RegExp][] = [
  ['60 * * * * *', /"60" is no second; allowed are 0 to 59/],
  ['* * 24 * * *', /"24" is no hour/],
  ['* * * 0 * *', /"0" is no day;/],
  ['* * * * 13 *', /"13" is no month/],
  ['* * * * * 7', /"7" is no day of week/],
  ['0 */0 * * * *', /"\*\/0" is no minute/],
  ['0 5-1 * * * *', /"5-1" is no minute/],
  ['0 0 0 L * *', /"L" is no day;/],
  ['0 0 0 ? * *', /"\?" is no day;/],
  ['0 0 0 * * MON#1', /"MON#1" is no day of week/],
  ['* * * *', /has 4 fields/],
  ['soon', /has 1 fields/],
  ['00:00:00', /longer than nothing/],
  ['0 0 0 30 2 *', /never comes/],
];

for (const [expression, expected] of faults) {
  test(`${expression} is refused`, () => {
    assert.throws(() => parseSchedule(expression), expected);
  });
}

test('state is kept from once a minute on', () => {
  const frequent = ['* * * * * *', '*/30 * * * * *', '00:00:59'];
  const rare = ['0 * * * * *', '7 * * * * *', '*/30 0 * * * *', '00:01:00'];
  for (const it of frequent) assert.equal(parseSchedule(it).frequent, true, it);
  for (const it of rare) assert.equal(parseSchedule(it).frequent, false, it);
});

test('the time zone of the app counts', () => {
  const next = parseSchedule('0 0 9 * * *', 'Europe/Moscow').next(new Date('2026-01-01T00:00:00Z'));
  assert.equal(next.toISOString(), '2026-01-01T06:00:00.000Z');
});

test('next is the first second after, that fits every field', () => {
  const field = (from: number, to: number) => {
    const range = fc
      .tuple(fc.integer({ min: from, max: to }), fc.integer({ min: from, max: to }))
      .map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const);
    const values = fc.tuple(range, fc.integer({ min: 1, max: 7 })).map(([[a, b], step]) => ({
      text: `${a}-${b}/${step}`,
      has: (n: number) => n >= a && n <= b && (n - a) % step === 0,
    }));
    return fc.oneof({ weight: 2, arbitrary: fc.constant({ text: '*', has: () => true }) }, values);
  };
  const time = fc.date({
    min: new Date('2020-01-01'),
    max: new Date('2030-01-01'),
    noInvalidDate: true,
  });
  fc.assert(
    fc.property(field(0, 59), field(0, 59), field(0, 23), time, (second, minute, hour, from) => {
      const schedule = parseSchedule(`${second.text} ${minute.text} ${hour.text} * * *`, 'UTC');
      const fits = (at: Date): boolean =>
        second.has(at.getUTCSeconds()) &&
        minute.has(at.getUTCMinutes()) &&
        hour.has(at.getUTCHours());
      const next = schedule.next(from);
      assert.ok(fits(next) && next > from && next.getUTCMilliseconds() === 0);
      let at = new Date(Math.floor(from.getTime() / 1000) * 1000 + 1000);
      for (let n = 0; n < 5000 && at < next; n += 1) {
        assert.equal(fits(at), false, `${at.toISOString()} comes before ${next.toISOString()}`);
        at = new Date(at.getTime() + 1000);
      }
    }),
    { numRuns: 50 },
  );
});
