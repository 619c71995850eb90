/** Due times by the clock of a zone, over both changes of it. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { scaled } from 'stand-in-kit/testing/patience';
import { askedSchedule } from '../../../shared/board/schedule/asked-schedule.ts';
import { cronTimes, latestTimes } from '../../../shared/board/schedule/cron.ts';
import { endByOf, type Schedule } from '../../../shared/board/schedule/schedule.ts';
import { wallClock } from '../../../shared/time/zone.ts';

const prague = 'Europe/Prague';

function nextOf(cron: string, zone: string, after: string, count: number): string[] {
  const times = cronTimes(cron, zone);
  const next: string[] = [];
  let at: Date | undefined = new Date(after);
  while (next.length < count) {
    at = times.next(at);
    if (at === undefined) break;
    next.push(at.toISOString().replace(':00.000Z', 'Z'));
  }
  return next;
}

describe('the next times', () => {
  for (const [what, cron, zone, after, expected] of [
    [
      'a gap in spring: the first moment after it',
      '30 2 * * *',
      prague,
      '2026-03-27T12:00Z',
      ['2026-03-28T01:30Z', '2026-03-29T01:00Z', '2026-03-30T00:30Z'],
    ],
    [
      'an hour that comes twice in autumn: the first time',
      '30 2 * * *',
      prague,
      '2026-10-23T12:00Z',
      ['2026-10-24T00:30Z', '2026-10-25T00:30Z', '2026-10-26T01:30Z'],
    ],
    [
      'several times in the gap are one moment',
      '*/15 2 * * *',
      prague,
      '2026-03-28T01:40Z',
      ['2026-03-28T01:45Z', '2026-03-29T01:00Z', '2026-03-30T00:00Z'],
    ],
    [
      'a time in the gap and one at its end are one moment',
      '0 2,3 * * *',
      prague,
      '2026-03-28T12:00Z',
      ['2026-03-29T01:00Z', '2026-03-30T00:00Z', '2026-03-30T01:00Z'],
    ],
    [
      'times in the hour that comes twice, the first time each',
      '*/30 2 * * *',
      prague,
      '2026-10-24T12:00Z',
      ['2026-10-25T00:00Z', '2026-10-25T00:30Z', '2026-10-26T01:00Z'],
    ],
    [
      'asked in the second of the two hours',
      '30 2 * * *',
      prague,
      '2026-10-25T01:10Z',
      ['2026-10-26T01:30Z'],
    ],
    [
      'every hour goes by real time in autumn',
      '0 * * * *',
      prague,
      '2026-10-24T23:30Z',
      ['2026-10-25T00:00Z', '2026-10-25T01:00Z', '2026-10-25T02:00Z'],
    ],
    [
      'and in spring',
      '*/30 * * * *',
      prague,
      '2026-03-29T00:10Z',
      ['2026-03-29T00:30Z', '2026-03-29T01:00Z', '2026-03-29T01:30Z'],
    ],
    [
      'a gap at midnight',
      '0 0 * * *',
      'Africa/Cairo',
      '2026-04-23T12:00Z',
      ['2026-04-23T22:00Z', '2026-04-24T21:00Z'],
    ],
    [
      'a gap of half an hour',
      '15 2 * * *',
      'Australia/Lord_Howe',
      '2026-10-03T00:00Z',
      ['2026-10-03T15:30Z', '2026-10-04T15:15Z'],
    ],
    [
      'a day that was left out',
      '0 12 * * *',
      'Pacific/Apia',
      '2011-12-29T00:00Z',
      ['2011-12-29T22:00Z', '2011-12-30T10:00Z', '2011-12-30T22:00Z'],
    ],
    ['UTC', '30 2 * * *', 'UTC', '2026-03-29T00:00Z', ['2026-03-29T02:30Z', '2026-03-30T02:30Z']],
    [
      'the last day of a month',
      '0 22 L * *',
      prague,
      '2026-01-15T00:00Z',
      ['2026-01-31T21:00Z', '2026-02-28T21:00Z', '2026-03-31T20:00Z'],
    ],
    [
      'day of the month or of the week',
      '0 0 13 * 5',
      'UTC',
      '2026-02-07T00:00Z',
      ['2026-02-13T00:00Z', '2026-02-20T00:00Z'],
    ],
    ['names of days', '0 6 * * MON-FRI', 'UTC', '2026-11-27T12:00Z', ['2026-11-30T06:00Z']],
    [
      'a leap day',
      '0 0 29 2 *',
      'UTC',
      '2026-11-27T12:00Z',
      ['2028-02-29T00:00Z', '2032-02-29T00:00Z'],
    ],
  ] as const) {
    test(what, () => {
      assert.deepEqual(nextOf(cron, zone, after, expected.length), expected);
    });
  }

  for (const cron of [
    '',
    '* * * *',
    '* * * * * *',
    '@daily',
    '60 * * * *',
    '0 24 * * *',
    '0 0 0 * *',
    '0 0 * 13 *',
    '0 0 * * 8',
    'a b c d e',
    '*/0 * * * *',
    '5-1 * * * *',
    '0 0 30 2 *',
    '0 0 31 4,6 *',
  ]) {
    test(`${JSON.stringify(cron)} is none`, () => {
      assert.throws(() => cronTimes(cron, prague), RangeError);
    });
  }
});

const minute = fc.oneof(
  fc.constant('*'),
  fc.integer({ min: 0, max: 59 }).map(String),
  fc.integer({ min: 1, max: 30 }).map((n) => `*/${n}`),
);
const hour = fc.oneof(
  fc.integer({ min: 0, max: 23 }).map(String),
  fc.constantFrom('*/2', '1-3', '0,2,23', '*'),
);
const zones = fc.constantFrom(
  prague,
  'America/New_York',
  'Africa/Cairo',
  'Australia/Lord_Howe',
  'UTC',
  'Asia/Vladivostok',
);
const instant = fc
  .integer({ min: Date.parse('2026-01-01'), max: Date.parse('2028-01-01') })
  .map((ms) => new Date(ms));

test('each time that the fields name comes once a day, and no other does', () => {
  fc.assert(
    fc.property(minute, hour, zones, instant, (minutes, hours, zone, from) => {
      const times = cronTimes(`${minutes} ${hours} * * *`, zone);
      const until = new Date(from.getTime() + 2 * 86_400_000);
      const found: number[] = [];
      for (let at = times.next(from); at !== undefined && at < until; at = times.next(at)) {
        assert.ok(at.getTime() > (found.at(-1) ?? from.getTime()));
        found.push(at.getTime());
      }
      if (hours === '*') return;
      // On the wall, a minute at a time, by whoever does not know how it is found.
      const fits = (field: string, value: number) =>
        field.split(',').some((part) => {
          const [, low, high] = /^(\d+)-(\d+)$/.exec(part) ?? [];
          if (low !== undefined) return value >= Number(low) && value <= Number(high);
          const [, every] = /^\*\/(\d+)$/.exec(part) ?? [];
          return part === '*' || (every ? value % Number(every) === 0 : value === Number(part));
        });
      const expected: number[] = [];
      const shown = new Set<number>();
      const start = Math.floor(from.getTime() / 60_000) * 60_000 - 7_200_000;
      let last = wallClock(start - 60_000, zone);
      for (let at = start; at < until.getTime(); at += 60_000) {
        const wall = wallClock(at, zone);
        let isDue = false;
        for (let passed = Math.min(last + 60_000, wall); passed <= wall; passed += 60_000) {
          const time = new Date(passed);
          if (shown.has(passed)) continue;
          shown.add(passed);
          isDue ||= fits(minutes, time.getUTCMinutes()) && fits(hours, time.getUTCHours());
        }
        if (isDue && at > from.getTime()) expected.push(at);
        last = wall;
      }
      assert.deepEqual(found, expected);
    }),
    { numRuns: 60 },
  );
});

test('the latest of many times are found without counting them all', () => {
  const times = cronTimes('* * * * *', prague);
  const to = new Date('2026-11-30T12:00:30Z');
  const began = performance.now();
  const found = latestTimes(times, new Date('2020-01-01T00:00:00Z'), to, 100);
  assert.ok(performance.now() - began < scaled(2_000));
  assert.equal(found.times.length, 100);
  assert.equal(found.isAll, false);
  assert.equal(found.times.at(-1)?.toISOString(), '2026-11-30T12:00:00.000Z');
  assert.equal(found.times[0]?.toISOString(), '2026-11-30T10:21:00.000Z');
  const few = latestTimes(times, new Date('2026-11-30T11:58:30Z'), to, 100);
  assert.deepEqual([few.times.length, few.isAll], [2, true]);
  const rare = latestTimes(cronTimes('0 0 1 1 *', 'UTC'), new Date('2016-06-01'), to, 3);
  assert.deepEqual(
    rare.times.map((at) => at.getUTCFullYear()),
    [2024, 2025, 2026],
  );
});

test('a run is to end at the next such time, by the same clock', () => {
  const schedule = { endBy: '07:00', timeZone: prague } as Schedule;
  for (const [at, by] of [
    ['2026-03-28T21:30:00Z', '2026-03-29T05:00:00.000Z'],
    ['2026-03-28T05:59:00Z', '2026-03-28T06:00:00.000Z'],
    ['2026-03-28T06:00:00Z', '2026-03-29T05:00:00.000Z'],
    ['2026-10-25T00:30:00Z', '2026-10-25T06:00:00.000Z'],
  ] as const) {
    assert.equal(endByOf(schedule, new Date(at))?.toISOString(), by);
  }
  const none = { timeZone: prague } as Schedule;
  assert.equal(endByOf(none, new Date()), undefined);
});

describe('a schedule as it is written', () => {
  const asked = (body: Record<string, unknown>) =>
    askedSchedule({ board: 'nightly', cron: '30 2 * * *', ...body }, ['nightly', 'all'], prague);

  test('what is left out is usual', () => {
    assert.deepEqual(asked({ cron: ' 30  2 * * * ', endBy: null }), {
      schedule: {
        ...{ board: 'nightly', cron: '30 2 * * *', timeZone: prague, enabled: true },
        ...{ missed: 'last', window: '1d', whenBusy: 'wait' },
      },
    });
  });

  for (const [body, field, message] of [
    [{ board: 'nightli' }, 'board', /did you mean nightly\?/],
    [{ board: undefined }, 'board', /needed/],
    [{ cron: '30 2 * *' }, 'cron', /cron is not a cron expression: it must have five fields/],
    [{ cron: 5 }, 'cron', /five fields/],
    [{ cron: '0 0 31 2 *' }, 'cron', /no such day/],
    [{ timeZone: 'Europe/Pragu' }, 'timeZone', /did you mean Europe\/Prague\?/],
    [{ enabled: 'yes' }, 'enabled', /true or false/],
    [{ missed: 'lst' }, 'missed', /did you mean last\?/],
    [{ whenBusy: 'refuse' }, 'whenBusy', /one of wait, skip/],
    [{ window: '8d' }, 'window', /0s to 7d/],
    [{ endBy: '24:00' }, 'endBy', /00:00 to 23:59/],
  ] as const) {
    test(`${field}: ${JSON.stringify(body)}`, () => {
      const read = asked(body);
      assert.ok('errors' in read);
      assert.equal(read.errors[0]?.field, field);
      assert.match(read.errors[0]?.message ?? '', message);
    });
  }
});
