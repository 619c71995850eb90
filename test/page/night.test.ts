/** Nights of the history: what is of one, how it ended, what is late; and the scale of bars. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RunSummary } from '../../page/api/schema.d.ts';
import { median, nightsOf } from '../../page/views/history/night.ts';
import { placeOf, scaleOf, ticksOf } from '../../page/views/runs/run/scale.ts';

const utc = {
  dayOf: (at: number) => new Date(at).toISOString().slice(0, 10),
  minuteOf: (at: number) => new Date(at).getUTCHours() * 60 + new Date(at).getUTCMinutes(),
};

function run(createdAt: string, endedAt: string | undefined, state: RunSummary['state']) {
  const times = {
    createdAt: `${createdAt}:00.000Z`,
    ...(endedAt && { endedAt: `${endedAt}:00.000Z` }),
  };
  return {
    ...{ id: createdAt, kind: 'calls' as const, state, user: 'nightly', codes: ['stek'] },
    ...{ ...times, stagesDone: 1, stagesSkipped: 0, stagesTotal: 1, warnings: 0 },
  };
}

test('a night goes from noon to noon, and is as its worst run', () => {
  const nights = nightsOf(
    [
      run('2026-11-29T22:00', '2026-11-29T23:30', 'succeeded'),
      run('2026-11-30T02:30', '2026-11-30T04:12', 'failed'),
      run('2026-11-30T12:30', undefined, 'running'),
    ],
    utc,
  );
  const seen = [...nights.values()].map(({ day, state, endedAt }) => [day, state, endedAt]);
  assert.deepEqual(seen, [
    ['2026-11-30', 'failed', '2026-11-30T04:12:00.000Z'],
    ['2026-12-01', 'running', undefined],
  ]);
});

test('late is what ends later than the others do, over midnight, too; of few nobody knows', () => {
  const ends = ['01T23:50', '03T00:10', '03T23:55', '05T00:00', '06T01:40'];
  const runs = ends.map((end, place) =>
    run(`2026-11-0${place + 1}T20:00`, `2026-11-${end}`, 'succeeded'),
  );
  const late = [...nightsOf(runs, utc).values()].flatMap(({ day, lateMs }) =>
    lateMs === undefined ? [] : [[day, lateMs]],
  );
  assert.deepEqual(late, [['2026-11-06', 100 * 60_000]]);
  assert.ok([...nightsOf(runs.slice(1), utc).values()].every(({ lateMs }) => lateMs === undefined));
});

test('the median is the middle value, or the mean of the two middle ones', () => {
  for (const [values, expected] of [
    [[], 0],
    [[5], 5],
    [[9, 1, 5], 5],
    [[9, 1, 5, 7], 6],
  ] as const) {
    assert.equal(median(values), expected, String(values));
  }
});

test('the scale holds while all fits in it, and is whole once the run has ended', () => {
  const first = scaleOf(0, 60_000, true);
  assert.ok(first.to > 60_000);
  assert.equal(scaleOf(0, first.to - 1, true, first), first);
  const longer = scaleOf(0, first.to + 1, true, first);
  assert.ok(longer.to > first.to + 1);
  assert.deepEqual(scaleOf(0, 70_000, false, longer), { from: 0, to: 70_000 });
  assert.equal(placeOf({ from: 0, to: 200 }, 50), 25);
  assert.equal(placeOf({ from: 0, to: 200 }, 500), 100);
  assert.deepEqual(ticksOf({ from: 500, to: 60_500 }).at.slice(0, 2), [10_000, 20_000]);
});
