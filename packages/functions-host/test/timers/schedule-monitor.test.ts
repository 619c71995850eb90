import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseSchedule } from '../../src/timers/ncrontab.ts';
import { resume } from '../../src/timers/schedule-monitor.ts';

const hourly = parseSchedule('0 0 * * * *', 'UTC');
const at = (time: string): Date => new Date(`2026-01-01T${time}Z`);

test('a timer without a state starts with its next occurrence, which is stored', () => {
  assert.deepEqual(resume(undefined, hourly, at('10:20:00')), {
    status: { last: undefined, next: at('11:00:00'), lastUpdated: at('10:20:00') },
    changed: true,
    pastDue: false,
  });
});

const stored = { last: at('10:00:00'), next: at('11:00:00'), lastUpdated: at('10:00:00') };

test('a timer within its interval goes on', () => {
  assert.deepEqual(resume(stored, hourly, at('10:59:59')), {
    status: stored,
    changed: false,
    pastDue: false,
  });
});

test('an occurrence that came in a pause is past due', () => {
  const resumed = resume(stored, hourly, at('13:30:00'));
  assert.equal(resumed.pastDue, true);
  assert.equal(resumed.status, stored);
});

test('a timer that never fired is past due as well', () => {
  const waiting = { last: undefined, next: at('11:00:00'), lastUpdated: at('10:20:00') };
  assert.equal(resume(waiting, hourly, at('11:00:01')).pastDue, true);
});

test('a changed schedule starts anew: nothing of it was missed', () => {
  const daily = parseSchedule('0 0 5 * * *', 'UTC');
  const resumed = resume(stored, daily, at('10:30:00'));
  assert.equal(resumed.pastDue, false);
  assert.equal(resumed.changed, true);
  assert.equal(resumed.status.next.toISOString(), '2026-01-02T05:00:00.000Z');

  const quarter = parseSchedule('0 */15 * * * *', 'UTC');
  const late = resume(stored, quarter, at('10:40:00'));
  assert.equal(late.pastDue, false);
  assert.deepEqual(late.status.next, at('10:45:00'));
});
