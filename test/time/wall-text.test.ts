import assert from 'node:assert/strict';
import { test } from 'node:test';
import { wallText, withWallTexts } from '../../shared/time/wall-text.ts';

test('an instant is shown to the minute by the zone that is asked for', () => {
  assert.equal(wallText('2026-11-30T08:41:59.999Z', 'Asia/Vladivostok'), '2026-11-30 18:41');
  assert.equal(wallText('2026-12-31T23:30:00.000Z', 'Europe/Prague'), '2027-01-01 00:30');
});

for (const [text, shown] of [
  ['closed until 2026-11-30T08:41:00.000Z: index', 'closed until 2026-11-30 09:41: index'],
  [
    'from 2026-07-01T00:00:00.000Z to 2026-07-02T00:00:00.000Z.',
    'from 2026-07-01 02:00 to 2026-07-02 02:00.',
  ],
  // What somebody typed, or a server says.
  ['Invalid until value: 2019-07-31T10:00:00Z.', 'Invalid until value: 2019-07-31T10:00:00Z.'],
  ['newest 2019-07-31T10:00:00.123', 'newest 2019-07-31T10:00:00.123'],
  ['2019-13-45T99:00:00.000Z', '2019-13-45T99:00:00.000Z'],
  ['', ''],
] as const) {
  test(`in Prague: ${shown}`, () => assert.equal(withWallTexts(text, 'Europe/Prague'), shown));
}
