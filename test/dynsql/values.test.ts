import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { ValueKind } from '../../shared/database/sql-types.ts';
import { jsonText } from '../../shared/dynsql/run/values.ts';
import {
  dateTexts,
  fromStored,
  readDate,
  toStored,
  wallSpan,
} from '../../shared/dynsql/time/dates.ts';
import { instantOf, wallClock } from '../../shared/time/zone.ts';

const prague = 'Europe/Prague';
const written: [datatype: string, value: unknown, zone: string, json: string, kind?: ValueKind][] =
  [
    ['dtString', null, prague, 'null'],
    ['dtString', 'a"b', prague, '"a\\"b"'],
    ['dtString', 5, prague, '"5"'],
    ['dtString', Buffer.from('ab'), prague, '"YWI="'],
    ['dtInteger', 7, prague, '7'],
    ['dtInteger', '9007199254740991', prague, '9007199254740991'],
    ['dtInteger', '9007199254740993', prague, '9007199254740993', 'number'],
    ['dtInteger', '-9223372036854775808', prague, '-9223372036854775808', 'number'],
    ['dtInteger', '007', prague, '7'],
    ['dtInteger', 'x7', prague, '"x7"'],
    ['dtFloat', '500.00000000000000000000', prague, '500.00000000000000000000', 'number'],
    ['dtFloat', '-0.00000000000000000001', prague, '-0.00000000000000000001', 'number'],
    ['dtCurrency', '922337203685477.5807', prague, '922337203685477.5807', 'number'],
    ['dtString', '1234567890123456.78', prague, '"1234567890123456.78"', 'number'],
    ['dtWhatever', '1234567890123456.78', prague, '1234567890123456.78', 'number'],
    ['dtFloat', '1e3', prague, '1000'],
    ['dtInteger', true, prague, '1'],
    ['dtFloat', 0.1, prague, '0.1'],
    ['dtFloat', Number.NaN, prague, 'null'],
    ['dtBoolean', 'A', prague, 'true'],
    ['dtBoolean', 'N', prague, 'false'],
    ['dtBoolean', 1, prague, 'true'],
    ['dtBoolean', false, prague, 'false'],
    // The manual's DocDate$DATE: midnight in Prague.
    ['dtDate', 44_119, prague, '"2020-10-14T22:00:00.000Z"'],
    ['dtDateTime', 44_119.5, prague, '"2020-10-15T10:00:00.000Z"'],
    ['dtDateTime', 44_119.5, 'UTC', '"2020-10-15T12:00:00.000Z"'],
    ['dtDate', 0, 'UTC', '"1899-12-30T00:00:00.000Z"'],
    ['dtDate', 1e12, 'UTC', '1000000000000'],
    ['dtDate', '44119', prague, '"2020-10-14T22:00:00.000Z"', 'number'],
    ['dtDateTime', '44119.5000', prague, '"2020-10-15T10:00:00.000Z"', 'number'],
    ['dtBoolean', '1.00', prague, 'true', 'number'],
    ['dtDate', '2019-07-01', prague, '"2019-07-01"', 'day'],
    ['dtDate', '2019-07-01T23:30:00.000', prague, '"2019-07-01"', 'clock'],
    ['dtDateTime', '2019-07-01', prague, '"2019-06-30T22:00:00.000Z"', 'day'],
    ['dtDateTime', '2019-07-01T10:00:00.500', prague, '"2019-07-01T08:00:00.500Z"', 'clock'],
    ['dtDateTime', '2019-07-01T10:00:00', prague, '"2019-07-01T08:00:00.000Z"', 'clock'],
    [
      'dtDateTime',
      '2019-07-01T10:00:00.1234567',
      prague,
      '"2019-07-01T08:00:00.1234567Z"',
      'clock',
    ],
    ['dtDateTime', '2019-07-01T10:00:00.1230000', prague, '"2019-07-01T08:00:00.123Z"', 'clock'],
    ['dtDateTime', '0001-01-01T00:00:00.0000001', 'UTC', '"0001-01-01T00:00:00.0000001Z"', 'clock'],
    ['dtTime', '12:34:56.1234567', prague, '"12:34:56.1234567"', 'time'],
    ['dtTime', '12:34:56.0000000', prague, '"12:34:56"', 'time'],
    ['dtTime', '2019-07-01T12:34:56.000', prague, '"12:34:56"', 'clock'],
    ['dtTime', 0.75, prague, '"18:00:00"'],
    ['dtWhatever', 5, prague, '5'],
    ['dtWhatever', 'x', prague, '"x"'],
  ];

describe('a value of a result set in JSON', () => {
  for (const [datatype, value, zone, json, kind] of written) {
    it(`${datatype} ${String(value)} in ${zone}`, () => {
      assert.equal(jsonText({ name: 'c0', key: 'X', datatype, zone }, kind)(value), json);
    });
  }
});

// 2019-10-27 has the hour from 2 to 3 twice in Prague.
const zoned: [datatype: string, moment: string, json: string][] = [
  ['dtDateTime', '2019-07-01T10:00:00.500+00:00', '"2019-07-01T10:00:00.500Z"'],
  ['dtDateTime', '2019-07-01T10:00:00.1234567-05:30', '"2019-07-01T15:30:00.1234567Z"'],
  ['dtTimeStamp', '2019-10-27T02:30:00+02:00', '"2019-10-27T00:30:00.000Z"'],
  ['dtTimeStamp', '2019-10-27T02:30:00+01:00', '"2019-10-27T01:30:00.000Z"'],
  ['dtDate', '2019-07-01T23:00:00+00:00', '"2019-07-02"'],
  ['dtTime', '2019-07-01T23:00:00.0000001+00:00', '"01:00:00"'],
  ['dtString', '2019-07-01T10:00:00+00:00', '"2019-07-01T10:00:00.000Z"'],
  ['dtWhatever', '2019-07-01T10:00:00+00:00', '"2019-07-01T10:00:00.000Z"'],
];

describe('a datetimeoffset in JSON', () => {
  for (const [datatype, moment, json] of zoned) {
    it(`${datatype} of ${moment}`, () => {
      const write = jsonText({ name: 'c0', key: 'X', datatype, zone: prague }, 'moment');
      assert.equal(write(moment), json);
      assert.equal(write(null), 'null');
    });
  }
});

const day = 86_400_000;
const at = (text: string) => Date.parse(`${text}Z`);
const spans: [unknown, string, [number, number] | undefined, ...texts: string[]][] = [
  ['2020-11-14', prague, [at('2020-11-14T00:00'), at('2020-11-15T00:00')]],
  ['2020-11-14T23:00:00.000Z', prague, [at('2020-11-15T00:00'), at('2020-11-15T00:00') + 1]],
  ['2020-11-14T23:00', prague, [at('2020-11-14T23:00'), at('2020-11-14T23:00') + 1]],
  ['2020-07-14T23:00:00+02:00', prague, [at('2020-07-14T23:00'), at('2020-07-14T23:00') + 1]],
  [44_149, prague, [at('2020-11-14T00:00'), at('2020-11-14T00:00') + day]],
  [44_149.5, prague, [at('2020-11-14T12:00'), at('2020-11-14T12:00') + 1]],
  [
    ['2026-11-28T00:00:00', '2026-11-29'],
    prague,
    [at('2026-11-28T00:00'), at('2026-11-29T00:00') + 1],
    '2026-11-28T00:00:00.000',
    '2026-11-29T00:00:00.000',
  ],
  [
    [46_355.5, 46_354],
    prague,
    [at('2026-11-28T00:00'), at('2026-11-29T12:00') + 1],
    '2026-11-28T00:00:00.000',
    '2026-11-29T12:00:00.000',
  ],
  [
    ['2020-11-14T23:00Z', '2020-11-14'],
    prague,
    [at('2020-11-14T00:00'), at('2020-11-15T00:00') + 1],
    '2020-11-14T00:00:00.000',
    '2020-11-14T23:00:00.000Z',
  ],
  [
    ['2020-11-15', 44_149],
    prague,
    [at('2020-11-14T00:00'), at('2020-11-16T00:00')],
    '2020-11-14',
    '2020-11-15',
  ],
  ['2021-02-29', prague, undefined],
  ['2021-2-9', prague, undefined],
  ['2021-02-09T24:01', prague, undefined],
  ['', prague, undefined],
  [Number.POSITIVE_INFINITY, prague, undefined],
  [null, prague, undefined],
];

describe('what a date stands for', () => {
  for (const [value, zone, span, ...texts] of spans) {
    it(String(value), () => {
      const given = [value].flat().map((one) => readDate(one, zone));
      const read = given.filter((one) => one !== undefined);
      const { from, to } = wallSpan(read);
      assert.deepEqual(read.length < given.length ? undefined : [from, to], span);
      if (texts.length > 0) assert.deepEqual(dateTexts(read, zone), texts);
    });
  }

  it('stored numbers and zones go there and back', () => {
    const moment = fc.integer({ min: at('1901-01-01T00:00'), max: at('2099-01-01T00:00') });
    fc.assert(
      fc.property(moment, fc.constantFrom('UTC', prague, 'Asia/Tokyo'), (instant, zone) => {
        assert.equal(fromStored(toStored(instant)), instant);
        const wall = wallClock(instant, zone);
        // An hour that comes twice is taken for its first time.
        assert.ok([0, 3_600_000].includes(instant - instantOf(wall, zone)));
      }),
    );
  });
});
