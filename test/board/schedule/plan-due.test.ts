/** Which due times are started and which are not, and what is said of those. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { scaled } from 'stand-in-kit/testing/patience';
import { cronTimes } from '../../../shared/board/schedule/cron.ts';
import {
  claimMs,
  graceMs,
  mostMissed,
  nextStep,
  planDue,
} from '../../../shared/board/schedule/plan-due.ts';
import type { Due, Schedule, ScheduleState } from '../../../shared/board/schedule/schedule.ts';

const hourly: Schedule = {
  ...{ board: 'nightly', cron: '0 * * * *', timeZone: 'UTC', enabled: true },
  ...{ missed: 'all', window: '1d', whenBusy: 'wait' },
};
const start = Date.parse('2026-11-30T00:30:00.000Z');
const at = (hours: number, ms = 0) => new Date(start + hours * 3_600_000 + ms);
const from = (due: Due[] = []): ScheduleState => ({ upTo: at(0).toISOString(), due });
const brief = (state: ScheduleState | undefined) =>
  state?.due.map(({ at: due, state: of, why }) => `${due.slice(5, 16)} ${of} ${why ?? ''}`.trim());

describe('after some hours', () => {
  for (const [what, change, hours, expected] of [
    ['nothing is due', {}, 0.4, undefined],
    ['one is', {}, 0.5, ['11-30T01:00 reserved']],
    [
      'all are made up for',
      {},
      3,
      ['11-30T01:00 reserved', '11-30T02:00 reserved', '11-30T03:00 reserved'],
    ],
    [
      'the last one is',
      { missed: 'last' },
      2,
      [
        '11-30T01:00 skipped It was missed, and a later one was due by then.',
        '11-30T02:00 reserved',
      ],
    ],
    ['none is', { missed: 'none' }, 1, ['11-30T01:00 skipped It was missed: no worker was there.']],
    [
      'none is but the one that is due now',
      { missed: 'none' },
      1.5,
      ['11-30T01:00 skipped It was missed: no worker was there.', '11-30T02:00 reserved'],
    ],
    [
      'those of the window are',
      { window: '2h' },
      4,
      [
        '11-30T01:00 skipped This one and others after it were missed by more than 2h.',
        '11-30T03:00 reserved',
        '11-30T04:00 reserved',
      ],
    ],
    [
      'what was to have ended is not',
      { endBy: '02:30', timeZone: 'UTC' },
      2.1,
      [
        '11-30T01:00 skipped Its run was to end by 2026-11-30T02:30:00.000Z.',
        '11-30T02:00 skipped Its run was to end by 2026-11-30T02:30:00.000Z.',
      ],
    ],
    ['a schedule that is off has nothing', { enabled: false }, 9, undefined],
  ] as const) {
    test(what, () => {
      assert.deepEqual(brief(planDue({ ...hourly, ...change }, from(), at(hours))), expected);
    });
  }

  test('of thousands a hundred are made up for, and it takes no time', () => {
    const minutely = { ...hourly, cron: '* * * * *', window: '7d' };
    const began = performance.now();
    const due = planDue(minutely, from(), at(24 * 30))?.due ?? [];
    assert.ok(performance.now() - began < scaled(2_000));
    assert.equal(due.length, mostMissed + 1);
    assert.match(due[0]?.why ?? '', /missed by more than 100 due times/);
    assert.equal(due.at(-1)?.at, at(24 * 30).toISOString());
  });
});

const policy = fc.record({
  missed: fc.constantFrom('none' as const, 'last' as const, 'all' as const),
  window: fc.constantFrom('0s', '30m', '3h', '7d'),
  cron: fc.constantFrom('0 * * * *', '*/20 * * * *', '30 2 * * *', '15 1,13 * * *'),
  timeZone: fc.constantFrom('UTC', 'Europe/Prague'),
});

test('however often it is looked, each due time is known once, in order, and at most one is at work', () => {
  fc.assert(
    fc.property(
      policy,
      fc.array(fc.integer({ min: 0, max: 9 * 3_600_000 }), { minLength: 1, maxLength: 12 }),
      fc.boolean(),
      (change, gaps, settles) => {
        const schedule = { ...hourly, ...change };
        let state = from();
        let now = at(0);
        const begun: string[] = [];
        for (const gap of gaps) {
          now = new Date(now.getTime() + gap);
          for (
            let step = nextStep(schedule, state, now);
            step;
            step = nextStep(schedule, state, now)
          ) {
            state = step.state;
            const { begin } = step;
            if (begin === undefined) continue;
            begun.push(`${begin.at} ${begin.run}`);
            if (!settles) continue;
            const due = state.due.map((one) =>
              one.at === begin.at ? { ...one, state: 'started' as const } : one,
            );
            state = { ...state, due };
          }
        }
        const times = cronTimes(schedule.cron, schedule.timeZone);
        const known = state.due.map((one) => one.at);
        assert.deepEqual(known, [...new Set(known)].sort());
        for (const due of known) {
          assert.equal(times.next(new Date(Date.parse(due) - 1))?.toISOString(), due);
          assert.ok(Date.parse(due) <= now.getTime());
        }
        // Nobody begins one again that another may be at.
        if (settles) assert.equal(new Set(begun).size, begun.length);
        const claimed = state.due.filter(({ triedAt }) => triedAt !== undefined);
        if (!settles) assert.ok(claimed.length <= 1);
        const ids = state.due.flatMap(({ run }) => run ?? []);
        assert.deepEqual(ids, ids.toSorted().reverse());
      },
    ),
    { numRuns: 300 },
  );
});

test('one that somebody is at is left to him, then taken over; those behind it wait', () => {
  const first = nextStep(hourly, from(), at(2));
  assert.equal(first?.begin?.at, at(0.5).toISOString());
  const state = first?.state ?? assert.fail();
  assert.equal(nextStep(hourly, state, at(2, claimMs - 1)), undefined);
  const taken = nextStep(hourly, state, at(2, claimMs));
  assert.equal(taken?.begin?.at, first?.begin?.at);
  assert.equal(taken?.begin?.run, first?.begin?.run);
  assert.ok(graceMs > claimMs, 'who takes over what is not made up for must not be late for it');
});
