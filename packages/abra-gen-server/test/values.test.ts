/** Dates inside and outside, ids, patterns, and the Czech order. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { sortKey } from '../src/data/czech.ts';
import { recordId } from '../src/data/ids.ts';
import { readDate, shown, storedDay } from '../src/dates.ts';
import { matchesPattern } from '../src/query/pattern.ts';

describe('dates', () => {
  const cases: [number, string][] = [
    [44_119, '2020-10-14T22:00:00.000Z'],
    [44_119.25, '2020-10-15T04:00:00.000Z'],
    [storedDay(2021, 1, 1), '2020-12-31T23:00:00.000Z'],
    [storedDay(2020, 3, 29) + 1 / 24, '2020-03-29T00:00:00.000Z'],
    [storedDay(2020, 3, 29) + 3 / 24, '2020-03-29T01:00:00.000Z'],
    [0, '1899-12-29T23:00:00.000Z'],
  ];
  for (const [stored, iso] of cases) {
    it(`${stored} is ${iso}`, () => {
      assert.equal(shown(stored), iso);
      const read = readDate(iso)?.stored ?? Number.NaN;
      assert.ok(Math.abs(read - stored) < 1e-8, String(read));
    });
  }

  it('come back as they were', () => {
    const minute = fc.integer({ min: 0, max: 200 * 365 * 1440 });
    fc.assert(
      fc.property(minute, (minutes) => {
        const iso = shown(minutes / 1440);
        const read = readDate(iso);
        assert.equal(read?.hasTime, true);
        assert.equal(shown(read.stored), iso);
      }),
    );
  });

  it('are told from anything else', () => {
    assert.deepEqual(readDate('2020-10-15'), { stored: 44_119, hasTime: false });
    assert.deepEqual(readDate('2020-10-15T06:00:00'), { stored: 44_119.25, hasTime: true });
    assert.deepEqual(readDate(44_119), { stored: 44_119, hasTime: false });
    assert.deepEqual(readDate(44_119.5), { stored: 44_119.5, hasTime: true });
    for (const wrong of ['', '2020-13-01', '2020-02-30', '15.10.2020', '2020-10-15T24:00', 1e9]) {
      assert.equal(readDate(wrong), undefined, String(wrong));
    }
    for (const wrong of [Number.NaN, true, null, undefined, {}]) {
      assert.equal(readDate(wrong), undefined);
    }
  });
});

it('ids count in base 36, least digit first', () => {
  assert.deepEqual([1, 19, 33, 36, 145, 506].map(recordId), [
    ...['1000000101', 'J000000101', 'X000000101', '0100000101', '1400000101', '2E00000101'],
  ]);
});

it('patterns: * stands for any characters, nothing else for anything', () => {
  const cases: [string, string, boolean, boolean][] = [
    ['say hello', '*hello*', false, true],
    ['say Hello', '*hello*', false, false],
    ['say Hello', '*hello*', true, true],
    ['ŘEZ', 'ř*', true, true],
    ['hello', 'hel', false, false],
    ['a.c', 'a.c', false, true],
    ['abc', 'a.c', false, false],
    ['50 %', '50 %*', false, true],
    ['', '*', false, true],
  ];
  for (const [text, pattern, insensitive, expected] of cases) {
    assert.equal(matchesPattern(text, pattern, insensitive), expected, `${text} ${pattern}`);
  }
});

it('the Czech order is that of Intl', () => {
  const { compare } = new Intl.Collator('cs');
  const letter = fc.constantFrom(
    ...'aábcčdďeéěfghiíjklmnňoópqrřsštťuúůvwxyýzžAČCHhŘŽ019'.split(''),
  );
  const word = fc.array(letter, { maxLength: 6 }).map((letters) => letters.join(''));
  const order = (one: string, other: string) => (one < other ? -1 : one > other ? 1 : 0);
  fc.assert(
    fc.property(word, word, (one, other) => {
      assert.equal(order(sortKey(one), sortKey(other)), Math.sign(compare(one, other)));
    }),
    { numRuns: 2_000 },
  );
});
