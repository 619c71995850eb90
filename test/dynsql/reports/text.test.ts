import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Formatter, type ValueFormat } from '../../../shared/dynsql/reports/format.ts';
import type { Language } from '../../../shared/dynsql/reports/layout.ts';
import { Sum } from '../../../shared/dynsql/reports/sum.ts';
import { wrapped } from '../../../shared/dynsql/reports/wrap.ts';
import { readDecimal } from '../../../shared/json/decimal.ts';

describe('a value as text', () => {
  const cases: [Language, ValueFormat, unknown, string][] = [
    ['cs', { format: 'decimal' }, 1234567.891, '1 234 567,89'],
    ['ru', { format: 'decimal' }, 1234.5, '1 234,50'],
    ['ru', { format: 'decimal' }, -0.001, '0,00'],
    ['ru', { format: 'decimal' }, -0.005, '-0,01'],
    ['cs', { format: 'decimal', places: 0 }, 1234.5, '1 235'],
    [
      'cs',
      { format: 'decimal', places: 3 },
      '1234567890123456789.0125',
      '1 234 567 890 123 456 789,013',
    ],
    ['cs', { format: 'decimal' }, 1e21, '1 000 000 000 000 000 000 000,00'],
    ['cs', { format: 'decimal', places: 6 }, 1e-7, '0,000000'],
    ['cs', { format: 'decimal' }, 'neznámo', 'neznámo'],
    ['ru', { format: 'integer' }, 1234567, '1 234 567'],
    ['ru', { format: 'text' }, 2019, '2019'],
    ['ru', { format: 'text' }, true, 'true'],
    ['cs', { format: 'text' }, { a: 1 }, '{"a":1}'],
    ['cs', { format: 'boolean' }, true, 'ano'],
    ['cs', { format: 'boolean' }, false, 'ne'],
    ['ru', { format: 'boolean' }, false, 'нет'],
    ['ru', { format: 'boolean', texts: { true: 'закрыт', false: '–' } }, true, 'закрыт'],
    ['ru', { format: 'boolean' }, 'A', 'A'],
    ['cs', { format: 'date' }, '2020-10-15', '15. 10. 2020'],
    ['ru', { format: 'date' }, '2020-10-05', '05.10.2020'],
    // Midnight in Prague, as ABRA Gen gives a date.
    ['cs', { format: 'date' }, '2020-10-14T22:00:00.000Z', '15. 10. 2020'],
    ['cs', { format: 'datetime' }, '2020-01-14T22:05:00Z', '14. 1. 2020 23:05'],
    ['cs', { format: 'datetime' }, '2020-01-14T22:05:00+01:00', '14. 1. 2020 22:05'],
    ['cs', { format: 'datetime' }, '2020-01-14T22:05', '14. 1. 2020 22:05'],
    ['cs', { format: 'datetime' }, new Date('2020-07-14T22:05:00Z'), '15. 7. 2020 00:05'],
    ['ru', { format: 'datetime' }, '2020-01-14T22:05:00Z', '14.01.2020, 23:05'],
    ['cs', { format: 'month' }, '2020-10-01', 'říjen 2020'],
    ['ru', { format: 'month' }, '2019-07-01', 'июль 2019 г.'],
    ['ru', { format: 'date' }, '2020-13-45', '2020-13-45'],
    ['ru', { format: 'date' }, 'скоро', 'скоро'],
    ['ru', { format: 'date' }, null, ''],
    ['ru', { format: 'decimal' }, undefined, ''],
  ];
  for (const [language, format, value, text] of cases) {
    it(`${language} ${JSON.stringify(format)} ${JSON.stringify(value)}: ${text}`, () => {
      const shown = new Formatter(language, 'Europe/Prague').text(value, format);
      assert.equal(shown.replaceAll('\u00a0', ' '), text);
      // Neither a number nor a date is broken at the end of a line.
      if (format.format !== 'text') assert.doesNotMatch(shown, / /);
    });
  }
});

describe('a sum', () => {
  it('is exact to the last cent', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -1e9, max: 1e9 })), (cents) => {
        const sum = new Sum();
        for (const cent of cents) sum.add(cent / 100);
        const total = cents.reduce((all, cent) => all + BigInt(cent), 0n);
        const { units, places } = readDecimal(String(sum)) ?? { units: 0n, places: 0 };
        assert.equal(units * 10n ** BigInt(2 - places), total);
      }),
    );
  });

  it('takes every way to write a number, and nothing else', () => {
    const sum = new Sum();
    for (const value of [
      0.1,
      '0.2',
      '-1e-3',
      1e21,
      '5',
      '5.',
      null,
      undefined,
      '',
      'x',
      true,
      {},
    ]) {
      sum.add(value);
    }
    assert.equal(String(sum), '1000000000000000000010.299');
    assert.equal(String(new Sum()), '0');
  });
});

describe('wrapped text', () => {
  const widthOf = (text: string) => [...text].length;
  const cases: [string, number, string[]][] = [
    ['', 5, ['']],
    ['слово', 5, ['слово']],
    ['два слова', 5, ['два', 'слова']],
    ['a b c d', 3, ['a b', 'c d']],
    ['Nováková-Dvořáková', 10, ['Nováková-', 'Dvořáková']],
    ['1-2 а/б', 4, ['1-2', 'а/б']],
    ['nezlomitelné', 5, ['nezlo', 'mitel', 'né']],
    ['ab nezlomitelné cd', 5, ['ab', 'nezlo', 'mitel', 'né cd']],
    ['Kč\u00a0100 a', 6, ['Kč\u00a0100', 'a']],
    ['a\r\nb\n\nc\t d', 9, ['a', 'b', '', 'c  d']],
    ['šíře', 0, ['š', 'í', 'ř', 'e']],
    ['  od kraje', 5, ['  od', 'kraje']],
  ];
  for (const [text, room, lines] of cases) {
    it(`${JSON.stringify(text)} in ${room}`, () => {
      assert.deepEqual(wrapped(text, room, widthOf), lines);
    });
  }

  it('loses nothing but spaces, and is never too wide', () => {
    const text = fc.string({ unit: fc.constantFrom('а', 'ž', ' ', '-', '/', '\n', '\u00a0', '𐐷') });
    fc.assert(
      fc.property(text, fc.integer({ min: 0, max: 12 }), (whole, room) => {
        const lines = wrapped(whole, room, widthOf);
        const bare = (part: string) => part.replace(/[ \n\u00a0]/g, '');
        assert.equal(lines.map(bare).join(''), bare(whole));
        for (const line of lines) assert.ok(widthOf(line) <= Math.max(1, room));
      }),
    );
  });
});
