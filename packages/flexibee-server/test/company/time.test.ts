import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { dateWithOffset, localDateTime, localTimestamp } from '../../src/company/time.ts';

test('times are those of Prague', () => {
  const prague = new Intl.DateTimeFormat('sv-SE', {
    timeZone: 'Europe/Prague',
    dateStyle: 'short',
    timeStyle: 'medium',
  });
  const range = {
    min: Date.parse('2000-01-01T00:00:00Z'),
    max: Date.parse('2060-01-01T00:00:00Z'),
  };
  fc.assert(
    fc.property(fc.integer(range), (time) => {
      const local = localDateTime(time);
      assert.equal(local.slice(0, 19).replace('T', ' '), prague.format(time));
      assert.equal(Date.parse(local), time);
    }),
    { numRuns: 300 },
  );
  // The two clock changes of 2026.
  assert.equal(localDateTime(Date.parse('2026-03-29T00:59:59Z')), '2026-03-29T01:59:59.000+01:00');
  assert.equal(localDateTime(Date.parse('2026-03-29T01:00:00Z')), '2026-03-29T03:00:00.000+02:00');
  assert.equal(localDateTime(Date.parse('2026-10-25T01:00:00Z')), '2026-10-25T02:00:00.000+01:00');
});

test('a date carries the offset of its midnight', () => {
  assert.equal(dateWithOffset('2026-01-31'), '2026-01-31+01:00');
  assert.equal(dateWithOffset('2026-03-29'), '2026-03-29+01:00');
  assert.equal(dateWithOffset('2026-03-30'), '2026-03-30+02:00');
  assert.equal(dateWithOffset('2026-10-25'), '2026-10-25+02:00');
});

test('timestamps drop trailing zeros, as captured ones do', () => {
  const second = Date.parse('2021-03-12T22:59:55Z') * 1000;
  assert.equal(localTimestamp(second + 586_215), '2021-03-12 23:59:55.586215');
  assert.equal(localTimestamp(second + 892_800), '2021-03-12 23:59:55.8928');
  assert.equal(localTimestamp(second), '2021-03-12 23:59:55.0');
});
