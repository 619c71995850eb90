import assert from 'node:assert/strict';
import { test } from 'node:test';
import { comparePeriods, periodLimits, periodText } from '../../shared/sync/period.ts';

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
