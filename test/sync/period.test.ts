import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { AskedMonths } from '../../shared/sync/call.ts';
import {
  comparePeriods,
  periodLimits,
  periodText,
  resolvedPeriods,
} from '../../shared/sync/period.ts';

const cases: Array<[now: string, timeZone: string, last: string]> = [
  ['2019-07-31T23:59:59Z', 'UTC', '2019-07'],
  ['2019-07-31T23:59:59Z', 'Asia/Yekaterinburg', '2019-08'],
  ['2019-08-01T01:00:00Z', 'America/New_York', '2019-07'],
  ['2019-12-31T18:59:59Z', 'Asia/Yekaterinburg', '2019-12'],
  ['2019-12-31T19:00:00Z', 'Asia/Yekaterinburg', '2020-01'],
  ['2024-02-29T12:00:00Z', 'Europe/Moscow', '2024-02'],
];

for (const [now, timeZone, last] of cases) {
  test(`${now} in ${timeZone}: the current month is ${last}`, () => {
    const limits = periodLimits({ from: '2018-01', timeZone }, new Date(now));
    assert.equal(periodText(limits.last), last);
    assert.deepEqual(limits.first, { year: 2018, month: 1 });
  });
}

test('months are compared by year, then by month', () => {
  const december = { year: 2018, month: 12 };
  const january = { year: 2019, month: 1 };
  assert.ok(comparePeriods(december, january) < 0);
  assert.ok(comparePeriods(january, december) > 0);
  assert.equal(comparePeriods(january, { ...january }), 0);
});

const current = { year: 2019, month: 1 };
const resolved: Array<[asked: AskedMonths, periods: string[] | undefined]> = [
  [{}, undefined],
  [{ month: 0 }, ['2019-01']],
  [{ month: -1 }, ['2018-12']],
  [{ month: -13 }, ['2017-12']],
  [{ month: 7, year: 2018 }, ['2018-07']],
  [{ months: [-2, 0] }, ['2018-11', '2018-12', '2019-01']],
  [{ months: [{ month: 11, year: 2018 }, -1] }, ['2018-11', '2018-12']],
  [{ months: [0, 0] }, ['2019-01']],
  [{ months: [0, -1] }, []],
];

for (const [asked, periods] of resolved) {
  test(`${JSON.stringify(asked)} in January 2019: ${periods ?? 'no month'}`, () => {
    assert.deepEqual(resolvedPeriods(asked, current)?.map(periodText), periods);
  });
}

test('a range has every month from its first to its last, whatever is the current one', () => {
  const month = fc.record({
    month: fc.integer({ min: 1, max: 12 }),
    year: fc.integer({ min: 1000, max: 9999 }),
  });
  fc.assert(
    fc.property(
      month,
      fc.integer({ min: -200, max: 0 }),
      fc.integer({ min: 0, max: 60 }),
      (now, from, length) => {
        const to = Math.min(0, from + length);
        const periods = resolvedPeriods({ months: [from, to] }, now) ?? [];
        assert.equal(periods.length, to - from + 1);
        assert.deepEqual(periods.at(0), resolvedPeriods({ month: from }, now)?.[0]);
        assert.deepEqual(periods.at(-1), resolvedPeriods({ month: to }, now)?.[0]);
        for (const [index, period] of periods.entries()) {
          const next = periods[index + 1];
          if (next === undefined) continue;
          const isNextYear = period.month === 12;
          assert.deepEqual(next, {
            month: isNextYear ? 1 : period.month + 1,
            year: period.year + (isNextYear ? 1 : 0),
          });
        }
      },
    ),
  );
});
