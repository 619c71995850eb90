/** What a schedule owes: until it is met, and no longer. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Due } from '../../../shared/board/schedule/schedule.ts';
import { firstWithoutRun, type Meeting, unmetOf } from '../../../shared/board/schedule/unmet.ts';

const at = (day: number) => `2026-11-${day}T01:30:00.000Z`;
const left = (day: number, state: 'skipped' | 'failed' = 'skipped'): Due => ({
  ...{ at: at(day), state, why: 'Busy: dcdb.' },
});
const started = (day: number): Due => ({ at: at(day), state: 'started', run: `r${day}` });
const reserved = (day: number): Due => ({ at: at(day), state: 'reserved', run: `r${day}` });

const meeting = (over: Partial<Meeting> = {}): Meeting => ({
  ...{ met: undefined, keptSince: new Date('2026-09-01'), before: undefined },
  hasEnded: () => true,
  ...over,
});

const cases: [string, Due[], Partial<Meeting>, string | undefined][] = [
  ['one that was left out', [started(20), left(21)], { met: at(20) }, '21 21'],
  ['that the next one is being started does not meet it', [left(21), reserved(22)], {}, '21 21'],
  [
    'nor that its run goes on',
    [left(21), started(22)],
    { hasEnded: (run) => run !== 'r22' },
    '21 21',
  ],
  ['a run by hand meets it', [left(21)], { met: '2026-11-21T07:12:00.000Z' }, undefined],
  ['nobody wanted it', [{ ...left(21), off: true }], {}, undefined],
  ['one from before does not', [left(21)], { met: '2026-11-21T01:29:00.000Z' }, '21 21'],
  ['the next one meets it', [left(21), started(22)], { met: at(22) }, undefined],
  [
    'a row lasts from its first',
    [started(20), left(21), left(22, 'failed')],
    { met: at(20) },
    '21 22',
  ],
  ['a run that has come to nothing', [left(21), started(22)], { met: at(20) }, '21 22'],
  ['what is older than runs are kept', [left(21)], { keptSince: new Date(at(22)) }, undefined],
  [
    'of a row whose beginning is not kept any more',
    [left(23)],
    { before: { since: at(21), due: left(22) } },
    '21 23',
  ],
  [
    'but not of one that was met',
    [left(23)],
    { before: { since: at(21), due: left(22) }, met: at(22) },
    '23 23',
  ],
];

for (const [what, due, over, expected] of cases) {
  test(`owed: ${what}`, () => {
    const found = unmetOf(due, meeting(over));
    const day = (text: string) => text.slice(8, 10);
    assert.equal(found && `${day(found.since)} ${day(found.due.at)}`, expected);
  });
}

test('a row without runs is one, whatever it was that there was none', () => {
  const due = [left(19), started(20), left(21), left(22, 'failed'), left(23)];
  assert.equal(firstWithoutRun(due, left(23)).at, at(21));
  assert.equal(firstWithoutRun([], left(23)).at, at(23));
});
