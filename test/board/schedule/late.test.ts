import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type DueRun, lateness, nextDue, unseen } from '../../../shared/board/schedule/late.ts';
import type { Due } from '../../../shared/board/schedule/schedule.ts';
import { slowEvent } from '../../../shared/sync/events/run-events.ts';
import { expectedTime, slowFrom } from '../../../shared/sync/slow.ts';
import { run, stage } from '../../support/runs.ts';

const due = (over: Partial<Due> = {}): Due => ({
  ...{ at: '2026-11-30T01:30:00.000Z', state: 'started', run: 'r' },
  ...over,
});
const endBy = '2026-11-30T06:00:00.000Z';

const cases: [string, Due, DueRun | undefined, string | undefined][] = [
  ['nobody has begun it', due({ state: 'reserved' }), undefined, '01:35 not begun'],
  ['its run stands in line', due(), { state: 'waiting' }, '01:45 in line'],
  ['its run is queued', due({ endBy }), { state: 'queued' }, '01:45 in line'],
  ['its run goes on', due(), { state: 'running' }, undefined],
  ['its run goes on after its end', due({ endBy }), { state: 'running' }, '06:00 not ended'],
  ['its run has ended', due({ endBy }), { state: 'succeeded' }, undefined],
  ['its run is not there any more', due(), undefined, undefined],
  ['it was left out', due({ state: 'skipped' }), undefined, undefined],
];

for (const [what, one, known, expected] of cases) {
  test(`late: ${what}`, () => {
    const late = lateness(one, known);
    const text = late && `${late.from.toISOString().slice(11, 16)} ${late.what}`;
    assert.equal(text, expected);
  });
}

test('late: a due time at which nobody has looked', () => {
  const schedule = {
    ...{ board: 'nightly', cron: '30 2 * * *', timeZone: 'Europe/Prague', enabled: true },
    ...{ missed: 'last' as const, window: '1d', whenBusy: 'wait' as const },
  };
  const state = { upTo: '2026-11-29T12:00:00.000Z', due: [] };
  const next = nextDue(schedule, state);
  assert.equal(next?.toISOString(), '2026-11-30T01:30:00.000Z');
  assert.equal(unseen(next).from.toISOString(), '2026-11-30T01:35:00.000Z');
  assert.equal(nextDue({ ...schedule, enabled: false }, state), undefined);
});

test('slow: after twice what all of it was to take, its stages that have ended included', () => {
  const startedAt = '2026-11-30T01:30:00.000Z';
  const first = { ...stage('export:a:c', 'src'), expectedMs: 600_000, state: 'succeeded' as const };
  const second = { ...stage('crude:a', 'ab', ['export:a:c']), expectedMs: 300_000 };
  const running = { ...run('r', [first, second]), state: 'running' as const, startedAt };
  assert.deepEqual(expectedTime(running), { workMs: 900_000, waitMs: 0 });
  assert.equal(slowFrom(running)?.toISOString(), '2026-11-30T02:00:00.000Z');
  assert.equal(slowFrom({ ...running, state: 'succeeded' }), undefined);
  assert.equal(slowFrom({ ...running, wakesAt: startedAt }), undefined);
  const { expectedMs: _, ...unknown } = second;
  assert.equal(slowFrom({ ...running, stages: [first, unknown] }), undefined);
  const short = { ...running, stages: [{ ...first, expectedMs: 100 }] };
  assert.equal(slowFrom(short)?.toISOString(), '2026-11-30T01:31:00.100Z');
});

test('slow: what waits for a window is no slower for it, before it opens or after', () => {
  const startedAt = '2026-11-30T20:00:00.000Z';
  const window = { from: '02:00', to: '06:00', timeZone: 'UTC', outside: 'wait' as const };
  const close = { ...stage('close', 'src'), window, expectedMs: 3_600_000 };
  const running = { ...run('r', [close]), state: 'running' as const, startedAt };
  assert.deepEqual(expectedTime(running), { workMs: 3_600_000, waitMs: 6 * 3_600_000 });
  assert.equal(slowFrom(running)?.toISOString(), '2026-12-01T04:00:00.000Z');
  const event = slowEvent(running, new Date('2026-12-01T04:30:00.000Z'));
  assert.deepEqual([event?.expectedMs, event?.tookMs], [3_600_000, 2.5 * 3_600_000]);
});
