import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { SqlValue } from '../../../src/procedure.ts';
import { ByteReader } from '../../../src/tds/byte-reader.ts';
import { ByteWriter } from '../../../src/tds/byte-writer.ts';
import { dateText, daysOf } from '../../../src/tds/types/calendar.ts';
import { codecFor } from '../../../src/tds/types/declared.ts';
import { readType } from '../../../src/tds/types/type-info.ts';

/** Writes type and value as a parameter has them, and reads both back from those bytes alone. */
function roundTrip(type: string, value: SqlValue): { type: string; value: SqlValue } {
  const writer = new ByteWriter();
  const codec = codecFor(type);
  codec.writeType(writer);
  codec.write(writer, value);
  const reader = new ByteReader(Buffer.from(writer.view()));
  const read = readType(reader);
  const result = { type: read.declared, value: read.read(reader) };
  assert.equal(reader.remaining, 0, 'everything that was written is read');
  return result;
}

const int = (minimum: number, maximum: number): fc.Arbitrary<number> =>
  fc.integer({ min: minimum, max: maximum });

const scaled = (digits: number, scale: number): fc.Arbitrary<string> =>
  fc
    .bigInt({ min: -(10n ** BigInt(digits)) + 1n, max: 10n ** BigInt(digits) - 1n })
    .map((value) => {
      const text = String(value < 0n ? -value : value).padStart(scale + 1, '0');
      const point = text.length - scale;
      return (
        (value < 0n ? '-' : '') + (scale ? `${text.slice(0, point)}.${text.slice(point)}` : text)
      );
    });

const date = int(0, 3_652_058).map(dateText);
const time = (scale: number): fc.Arbitrary<string> =>
  fc.tuple(int(0, 23), int(0, 59), int(0, 59), int(0, 10 ** scale - 1)).map(([h, m, s, f]) => {
    const clock = [h, m, s].map((part) => String(part).padStart(2, '0')).join(':');
    return scale ? `${clock}.${String(f).padStart(scale, '0')}` : clock;
  });
const moment = (scale: number): fc.Arbitrary<string> =>
  fc.tuple(date, time(scale)).map((parts) => parts.join('T'));
const offset = fc.tuple(fc.constantFrom('+', '-'), int(0, 13), int(0, 59)).map(([sign, h, m]) => {
  const text = `${String(h).padStart(2, '0')}:${String(m).padStart(2, '0')}`;
  return text === '00:00' ? '+00:00' : sign + text;
});

const text = fc.string({ unit: 'grapheme', maxLength: 50 });
const bytes = (size: fc.IntArrayConstraints & { minLength?: number; maxLength: number }) =>
  fc.uint8Array(size).map((array) => new Uint8Array(array));

const cases: [string, fc.Arbitrary<SqlValue>][] = [
  ['bit', fc.boolean()],
  ['tinyint', int(0, 255)],
  ['smallint', int(-32_768, 32_767)],
  ['int', int(-(2 ** 31), 2 ** 31 - 1)],
  [
    'bigint',
    fc
      .bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
      .map((value) => (Number.isSafeInteger(Number(value)) ? Number(value) : value)),
  ],
  ['decimal(1, 0)', scaled(1, 0)],
  ['decimal(9, 9)', scaled(9, 9)],
  ['decimal(12, 2)', scaled(12, 2)],
  ['numeric(19, 4)', scaled(19, 4)],
  ['numeric(28, 10)', scaled(28, 10)],
  ['decimal(38, 0)', scaled(38, 0)],
  ['decimal(38, 38)', scaled(38, 38)],
  ['money', scaled(18, 4)],
  ['smallmoney', scaled(9, 4)],
  ['real', fc.float({ noNaN: true, noDefaultInfinity: true })],
  ['float', fc.double({ noNaN: true, noDefaultInfinity: true })],
  ['date', date],
  [
    'smalldatetime',
    fc
      .tuple(int(693_595, 759_130).map(dateText), time(0))
      .map(([day, clock]) => `${day}T${clock.slice(0, 5)}:00`),
  ],
  ...[0, 1, 2, 3, 4, 5, 6, 7].flatMap((scale): [string, fc.Arbitrary<SqlValue>][] => [
    [`time(${scale})`, time(scale)],
    [`datetime2(${scale})`, moment(scale)],
    [
      `datetimeoffset(${scale})`,
      fc
        .tuple(int(1, 3_652_057).map(dateText), time(scale), offset)
        .map(([day, clock, zone]) => `${day}T${clock}${zone}`),
    ],
  ]),
  ['nvarchar(4000)', text],
  ['nvarchar(max)', fc.string({ unit: 'binary', maxLength: 300 })],
  ['varchar(8000)', text],
  ['varchar(max)', text],
  ['nchar(3)', fc.string({ unit: 'binary-ascii', minLength: 3, maxLength: 3 })],
  ['char(3)', fc.string({ unit: 'binary-ascii', minLength: 3, maxLength: 3 })],
  ['xml', text],
  ['varbinary(100)', bytes({ maxLength: 100 })],
  ['varbinary(max)', bytes({ maxLength: 300 })],
  ['binary(4)', bytes({ minLength: 4, maxLength: 4 })],
  ['uniqueidentifier', fc.uuid().map((uuid) => uuid.toUpperCase())],
];

for (const [type, values] of cases) {
  test(`${type} comes back as it went, NULL too`, () => {
    assert.deepEqual(roundTrip(type, null), { type, value: null });
    fc.assert(
      fc.property(values, (value) => {
        assert.deepEqual(roundTrip(type, value), { type, value });
      }),
      { numRuns: 200 },
    );
  });
}

test('datetime comes back on its grid of 1/300 s, never further off than half a step', () => {
  fc.assert(
    fc.property(int(639_905, 3_652_057).map(dateText), time(3), (day, clock) => {
      const { value } = roundTrip('datetime', `${day}T${clock}`);
      const off = Date.parse(`${value}Z`) - Date.parse(`${day}T${clock}Z`);
      assert.ok(Math.abs(off) <= 2, `${day}T${clock} became ${value}`);
      assert.match(String(value), /[037]$/);
      assert.deepEqual(roundTrip('datetime', value).value, value);
    }),
  );
});

test('the calendar is that of Date, for every day from 1 to 9999', () => {
  const first = new Date(0);
  first.setUTCFullYear(1, 0, 1);
  for (let days = 0; days <= 3_652_058; days += 13) {
    const day = new Date(first.getTime() + days * 86_400_000);
    const expected = day.toISOString().slice(0, 10);
    assert.equal(dateText(days), expected);
    assert.equal(daysOf(day.getUTCFullYear(), day.getUTCMonth() + 1, day.getUTCDate()), days);
  }
  assert.equal(dateText(3_652_058), '9999-12-31');
});
