import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { endOfMoment, momentOf } from '../../shared/time/moment.ts';

for (const [text, expected] of [
  ['2026-11-30T02:00:00Z', '2026-11-30T02:00:00.000Z'],
  ['2026-11-30t02:00z', '2026-11-30T02:00:00.000Z'],
  ['2026-11-30T02:00:00.25+01:00', '2026-11-30T01:00:00.250Z'],
  ['2026-11-30 02:00', '2026-11-30T01:00:00.000Z'],
  ['2026-11-30T02:00:07.123456789', '2026-11-30T01:00:07.123Z'],
  ['2026-11-30', '2026-11-29T23:00:00.000Z'],
  ['2026-07-01', '2026-06-30T22:00:00.000Z'],
  // 02:30 is left out on the last Sunday of March, and comes twice on that of October.
  ['2026-03-29T02:30', '2026-03-29T01:30:00.000Z'],
  ['2026-10-25T02:30', '2026-10-25T00:30:00.000Z'],
  ['2026-10-25T02:30+01:00', '2026-10-25T01:30:00.000Z'],
] as const) {
  test(`${text} in Prague is ${expected}`, () => {
    assert.equal(momentOf(text, 'Europe/Prague')?.toISOString(), expected);
  });
}

for (const [text, expected] of [
  ['2026-11-30T02:00:00Z', '2026-11-30T02:00:00.000Z'],
  ['2026-11-30 02:00', '2026-11-30T01:00:00.000Z'],
  ['2026-11-30', '2026-11-30T23:00:00.000Z'],
  // Days of 23 and of 25 hours.
  ['2026-03-29', '2026-03-29T22:00:00.000Z'],
  ['2026-10-25', '2026-10-25T23:00:00.000Z'],
  ['2026-02-30', undefined],
] as const) {
  test(`${text} in Prague is over ${expected ?? 'never: it is no date'}`, () => {
    assert.equal(endOfMoment(text, 'Europe/Prague')?.toISOString(), expected);
  });
}

for (const text of [
  ...['', 'tomorrow', '2026', '2026-11', '2026-13-01', '2026-02-30', '2026-11-30T24:00'],
  ...['2026-11-30T02', '2026-11-30T02:60', '2026-11-30T02:00:60', '2026-11-30T02:00+24:00'],
  ...['2026-11-30T02:00 CET', ' 2026-11-30', '+002026-11-30', '1764460800000'],
]) {
  test(`${JSON.stringify(text)} is no moment`, () => {
    assert.equal(momentOf(text, 'Europe/Prague'), undefined);
  });
}

test('an instant as we write it is itself, in every zone', () => {
  const zones = fc.constantFrom('UTC', 'Europe/Prague', 'Asia/Vladivostok', 'America/St_Johns');
  const dates = fc.date({
    min: new Date('1900-01-01'),
    max: new Date('2200-01-01'),
    noInvalidDate: true,
  });
  fc.assert(
    fc.property(dates, zones, (date, zone) => {
      assert.equal(momentOf(date.toISOString(), zone)?.getTime(), date.getTime());
    }),
  );
});
