import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Formatter, type ValueFormat } from '../../../shared/dynsql/reports/format.ts';
import type { Language } from '../../../shared/dynsql/reports/layout.ts';
import { type TotalledColumn, Totals } from '../../../shared/dynsql/reports/totals.ts';
import { unbroken, wrapped } from '../../../shared/dynsql/reports/wrap.ts';
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
    ['en', { format: 'decimal' }, -1234567.891, '-1,234,567.89'],
    ['en', { format: 'date' }, '2020-10-05', '5 Oct 2020'],
    ['en', { format: 'datetime' }, '2020-01-14T22:05:00Z', '14 Jan 2020, 23:05'],
    ['en', { format: 'month' }, '2019-07-01', 'July 2019'],
    ['en', { format: 'boolean' }, true, 'yes'],
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

describe('totals', () => {
  const column = (aggregate: TotalledColumn['aggregate'], currency?: string): TotalledColumn => ({
    key: 'A',
    aggregate,
    currencyKey: currency,
    places: 2,
  });
  const sums = new Totals([column('sum'), column('count'), column('avg')]);
  const ofAll = (values: readonly unknown[]) =>
    values.reduce<Totals>((totals, A) => totals.with({ A }), sums).lines()[0]?.values;

  it('are exact to the last cent', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -1e9, max: 1e9 })), (cents) => {
        const [sum, count, average] = ofAll(cents.map((cent) => cent / 100)) ?? [];
        const total = cents.reduce((all, cent) => all + BigInt(cent), 0n);
        assert.equal(centsOf(sum), total);
        assert.equal(count, String(cents.length));
        if (cents.length === 0) assert.equal(average, undefined);
        else {
          const twice = 2n * (centsOf(average) * BigInt(cents.length) - total);
          assert.ok(twice <= BigInt(cents.length) && twice >= -BigInt(cents.length));
        }
      }),
    );
  });

  const centsOf = (text: string | undefined) => {
    const { units, places } = readDecimal(text) ?? { units: 0n, places: 0 };
    return units * 10n ** BigInt(2 - places);
  };

  it('take every way to write a number, and count what is there', () => {
    const numbers = [0.1, '0.2', '-1e-3', 1e21, '5', '5.'];
    const others = [null, undefined, '', 'x', true, {}];
    assert.deepEqual(ofAll([...numbers, ...others]), [
      '1000000000000000000010.299',
      '10',
      '166666666666666666668.38',
    ]);
    assert.deepEqual(ofAll([]), ['0', '0', undefined]);
  });

  const averages: [number[], string][] = [
    [[1, 2], '1.50'],
    [[0.01, 0.02], '0.02'],
    [[-0.01, -0.02], '-0.02'],
    [[1, 1, 2], '1.33'],
    [[-1, -1, -2], '-1.33'],
    [[0.004, 0.005], '0.00'],
    [[0.005, 0.005], '0.01'],
    [[1e-9], '0.00'],
    [[2, 0, 0], '0.67'],
  ];
  for (const [values, average] of averages) {
    it(`the average of ${values} is ${average}`, () => {
      assert.equal(ofAll(values)?.[2], average);
    });
  }

  it('never add two currencies, and keep what has none apart', () => {
    const totals = [
      { A: 1, CURRENCY: 'EUR' },
      { A: 10.5, CURRENCY: 'CZK' },
      { A: 2, CURRENCY: 'EUR ' },
      { A: 4, CURRENCY: null },
    ].reduce<Totals>(
      (all, one) => all.with(one),
      new Totals([column('sum', 'CURRENCY'), column('count'), column(undefined)]),
    );
    assert.equal(totals.lineCount, 3);
    assert.deepEqual(totals.lines(), [
      { currency: '', values: ['4', '4', undefined] },
      { currency: 'CZK', values: ['10.5', undefined, undefined] },
      { currency: 'EUR', values: ['3', undefined, undefined] },
    ]);
  });

  it('refuse a currency that is none', () => {
    const empty = new Totals([column('sum', 'CURRENCY')]);
    const add = (count: number) =>
      Array.from({ length: count }, (_, index) => ({ A: 1, CURRENCY: `X${index}` })).reduce(
        (all, one) => all.with(one),
        empty,
      );
    assert.equal(add(200).lineCount, 200);
    assert.throws(() => add(201), /More than 200 currencies/);
  });
});

describe('numbers and their units', () => {
  const cases: [string, string][] = [
    ['celkem 1 234 567,50 Kč za 3 ks', 'celkem 1_234_567,50_Kč za 3_ks'],
    ['площадь 54,2 м² и 10 %', 'площадь 54,2_м² и 10_%'],
    ['ул. Светланская, д. 12, кв. 5', 'ул. Светланская, д._12, кв._5'],
    ['smlouva č. 15 / 2024', 'smlouva č._15 / 2024'],
    ['7 metrů', '7 metrů'],
    ['в 2019 году', 'в 2019 году'],
    ['a 1 2345', 'a 1 2345'],
  ];
  for (const [text, tied] of cases) {
    it(text, () => assert.equal(unbroken(text).replaceAll('\u00a0', '_'), tied));
  }
});

describe('wrapped text', () => {
  const widthOf = (text: string) => [...text].length;
  const cases: [string, number, string[]][] = [
    ['', 5, ['']],
    ['слово', 5, ['слово']],
    ['два слова', 5, ['два ', 'слова']],
    ['a b c d', 3, ['a b ', 'c d']],
    ['Nováková-Dvořáková', 10, ['Nováková-', 'Dvořáková']],
    ['1-2 а/б', 4, ['1-2 ', 'а/б']],
    ['nezlomitelné', 5, ['nezlo', 'mitel', 'né']],
    ['ab nezlomitelné cd', 5, ['ab ', 'nezlo', 'mitel', 'né cd']],
    ['Kč\u00a0100 a', 6, ['Kč\u00a0100 ', 'a']],
    ['a\r\nb\n\nc\t d', 9, ['a ', 'b ', ' ', 'c  d']],
    ['šíře', 0, ['š', 'í', 'ř', 'e']],
    ['  od kraje', 5, ['  od ', 'kraje']],
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
        for (const line of lines) assert.ok(widthOf(line.trimEnd()) <= Math.max(1, room));
      }),
    );
  });
});
