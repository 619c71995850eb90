/** Money, integers, dates and times of every scale, both ways; limits, rounding, and what is refused. */

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import type { SqlParameter } from '../../../shared/database/link.ts';
import { driverType, driverValue } from '../../../shared/database/sql-types.ts';
import { startWorld, type World } from './world.ts';

type Value = SqlParameter['value'];

/** What is sent, and what is there if it is written in another way. */
const both: [type: string, given: Value, text?: string][] = [
  ['money', '922337203685477.5807'],
  ['money', '-922337203685477.5808'],
  ['money', '-0.0001'],
  ['money', '1.00005', '1.0001'],
  ['money', '-4294967296.0000'],
  ['smallmoney', '214748.3647'],
  ['smallmoney', '-214748.3648'],
  ['bigint', '9223372036854775807'],
  ['bigint', '-9223372036854775808'],
  ['bigint', 9_007_199_254_740_991, '9007199254740991'],
  ['decimal(18, 4)', '12345678901234.1234'],
  ['decimal(38, 20)', 500, '500.00000000000000000000'],
  ['decimal(38, 20)', '123456789012345678.12345678901234567890'],
  ['decimal(18, 2)', '1234567890123456.78'],
  ['decimal(5, 2)', '1.005', '1.01'],
  ['decimal(5, 2)', '-1.005', '-1.01'],
  ['decimal(5, 2)', '1e2', '100.00'],
  ['decimal(5, 2)', -0.004, '0.00'],
  ['decimal(5, 2)', true, '1.00'],
  ['numeric(38, 0)', '99999999999999999999999999999999999999'],
  ['date', '0001-01-01'],
  ['date', '9999-12-31'],
  ['date', '20190731', '2019-07-31'],
  ['datetime', '1753-01-01T00:00:00.000'],
  ['datetime', '9999-12-31T23:59:59.997'],
  ['datetime', '2019-07-31T23:59:59.999', '2019-08-01T00:00:00.000'],
  ['datetime', '2019-07-31T12:00:00.001', '2019-07-31T12:00:00.000'],
  ['datetime', '2019-07-31T12:00:00.002', '2019-07-31T12:00:00.003'],
  ['datetime', '2019-07-31T12:00:00.0055', '2019-07-31T12:00:00.007'],
  ['smalldatetime', '1900-01-01T00:00:00'],
  ['smalldatetime', '2079-06-06T23:59:00'],
  ['smalldatetime', '2019-07-31T12:00:29.998', '2019-07-31T12:00:00'],
  ['smalldatetime', '2019-07-31T12:00:29.999', '2019-07-31T12:01:00'],
  ['smalldatetime', '2019-07-31T23:59:45', '2019-08-01T00:00:00'],
  ['datetime2(7)', '0001-01-01T00:00:00.0000000'],
  ['datetime2(7)', '9999-12-31T23:59:59.9999999'],
  ['datetime2(3)', '2019-07-31T23:59:59.9995', '2019-08-01T00:00:00.000'],
  ['datetime2(0)', '2019-02-28T23:59:59.4999999', '2019-02-28T23:59:59'],
  ['datetime2(7)', '2019-07-31T01:00:00.0000001+02:00', '2019-07-30T23:00:00.0000001'],
  ['time(7)', '23:59:59.9999999'],
  ['time(0)', '12:34:56.5', '12:34:57'],
  ['datetimeoffset(7)', '2019-07-31T23:59:59.1234567+14:00'],
  ['datetimeoffset(7)', '2019-07-31T00:00:00.0000001-14:00'],
  ['datetimeoffset(7)', '0001-01-01T00:00:00.0000000+00:00'],
  ['datetimeoffset(0)', '2019-12-31T23:59:59.5+05:30', '2020-01-01T00:00:00+05:30'],
  ['datetimeoffset(3)', '2019-07-31T12:00', '2019-07-31T12:00:00.000+00:00'],
];

/** How the server shows each type with all its digits. */
function shown(type: string, expression: string): string {
  if (/money/.test(type)) return `CONVERT(varchar(60), ${expression}, 2)`;
  if (/datetimeoffset/.test(type)) return `CONVERT(varchar(60), ${expression}, 126)`;
  return /date/.test(type)
    ? `CONVERT(varchar(60), ${expression}, 126)`
    : `CONVERT(varchar(60), ${expression})`;
}

/** CONVERT with style 126 leaves decimals of 0 away in datetime, where our text has them. */
const bare = (type: string, text: unknown) =>
  type === 'datetime' ? String(text).replace(/\.000$/, '') : text;

const refused: [type: string, given: Value, message: RegExp][] = [
  ['decimal(5, 2)', '1000', /"1000" is no decimal\(5, 2\): write a number of at most 3 digits/],
  ['decimal(5, 2)', '999.995', /is no decimal/],
  ['decimal(5, 2)', 'x', /is no decimal/],
  ['decimal(5, 2)', '', /is no decimal/],
  ['decimal(5, 2)', Number.POSITIVE_INFINITY, /is no decimal/],
  ['decimal(39, 2)', '1', /precision from 1 to 38/],
  ['decimal(5, 6)', '1', /precision from 1 to 38/],
  ['time(8)', '12:00', /scale from 0 to 7/],
  ['money', '922337203685477.5808', /is no money: write a number from -922337203685477.5808 to/],
  ['smallmoney', '214748.3648', /is no smallmoney/],
  ['date', '2019-02-29', /is no date: write/],
  ['date', '0000-01-01', /is no date: write/],
  ['date', '12:00', /is no date: write/],
  ['datetime', '1752-12-31', /is no datetime: write/],
  ['datetime', '9999-12-31T23:59:59.999', /is no datetime: write/],
  ['smalldatetime', '2079-06-06T23:59:30', /is no smalldatetime/],
  ['datetime2(3)', '9999-12-31T23:59:59.9999', /is no datetime2/],
  ['datetime2', '2019-07-31T12:00:00.12345678', /is no datetime2/],
  ['datetimeoffset', '2019-07-31T12:00:00+15:00', /is no datetimeoffset/],
  ['time', '24:00', /is no time: write/],
  ['time', '12:00+02:00', /is no time: write/],
];

describe('values', () => {
  let world: World;
  before(async () => {
    world = await startWorld();
  });
  after(() => world.close());

  for (const [type, given, text = String(given)] of both) {
    it(`${type} ${given}: in a statement, and back`, async () => {
      const parameters = [{ name: 'v', type, value: given }];
      const [row] = await world.query(`SELECT @v AS v, ${shown(type, '@v')} AS said`, parameters);
      assert.deepEqual(row, { v: text, said: bare(type, text) });
    });
  }

  it('go into procedures and out of them, and into columns', async () => {
    for (const [nth, [type, given, text = String(given)]] of both.entries()) {
      await world.query(`CREATE TABLE dbo.t${nth} (v ${type} NULL)`);
      await world.query(
        `CREATE PROCEDURE dbo.p${nth} @v ${type}, @w ${type} OUTPUT, @x ${type} OUTPUT AS BEGIN SET NOCOUNT ON; INSERT INTO dbo.t${nth} VALUES (@v); SET @w = (SELECT v FROM dbo.t${nth}); RETURN 7; END`,
      );
      const { output, returnValue } = await world.call(`p${nth}`, [
        { name: 'v', type, value: given },
        { name: 'w', type, value: null, output: true },
        { name: 'x', type, value: given, output: true },
      ]);
      assert.deepEqual({ output, returnValue }, { output: { w: text, x: text }, returnValue: 7 });
      // On another session.
      const rows = await world.query(`SELECT v, ${shown(type, 'v')} AS said FROM dbo.t${nth}`);
      assert.deepEqual(rows, [{ v: text, said: bare(type, text) }], type);
    }
  });

  it('are NULL in every type', async () => {
    for (const type of new Set(both.map(([name]) => name))) {
      const [row] = await world.query('SELECT @v AS v', [{ name: 'v', type, value: null }]);
      assert.deepEqual(row, { v: null }, type);
    }
  });

  it('of any moment keep all digits of their scale', async () => {
    const moment = fc.record({
      scale: fc.integer({ min: 0, max: 7 }),
      day: fc.date({
        min: new Date('0002-01-01'),
        max: new Date('9998-12-31'),
        noInvalidDate: true,
      }),
      ticks: fc.integer({ min: 0, max: 863_999_999_999 }),
      offset: fc.integer({ min: -840, max: 840 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(moment, { minLength: 1, maxLength: 60 }), async (moments) => {
        const parameters: SqlParameter[] = [];
        const expected: Record<string, unknown> = {};
        for (const [at, { scale, day, ticks, offset }] of moments.entries()) {
          const time = new Date(Math.floor(ticks / 10_000)).toISOString().slice(11, 23);
          const digits = `${time}${String(ticks % 10_000).padStart(4, '0')}`;
          const cut = scale === 0 ? digits.slice(0, 8) : digits.slice(0, 9 + scale);
          const date = day.toISOString().slice(0, 10);
          const size = Math.abs(offset);
          const zone = `${offset < 0 ? '-' : '+'}${String(Math.floor(size / 60)).padStart(2, '0')}:${String(size % 60).padStart(2, '0')}`;
          for (const [name, type, value] of [
            [`a${at}`, `datetime2(${scale})`, `${date}T${cut}`],
            [`b${at}`, `time(${scale})`, cut],
            [`c${at}`, `datetimeoffset(${scale})`, `${date}T${cut}${zone}`],
            [`d${at}`, 'date', date],
          ] as const) {
            parameters.push({ name, type, value });
            expected[name] = value;
          }
        }
        const list = parameters.map(({ name }) => `@${name} AS ${name}`).join(', ');
        assert.deepEqual(await world.query(`SELECT ${list}`, parameters), [expected]);
      }),
      { numRuns: 40 },
    );
  });

  it('of datetime are one of .000, .003 and .007, all 300 of a second', async () => {
    const parts = Array.from({ length: 300 }, (_, part) => part);
    const list = parts.map(
      (part) =>
        `DATEADD(ms, ${Math.round((part * 10) / 3)}, CAST('20190731' AS datetime)) AS c${part}`,
    );
    const [row] = await world.query(`SELECT ${list.join(', ')}`);
    for (const part of parts) {
      const text = `2019-07-31T00:00:00.${String(Math.round((part * 10) / 3)).padStart(3, '0')}`;
      assert.equal(row?.[`c${part}`], text);
      const [again] = await world.query('SELECT @v AS v', [
        { name: 'v', type: 'datetime', value: text },
      ]);
      assert.equal(again?.['v'], text);
    }
  });

  it('of float and real stay doubles, by the shortest text that means them', async () => {
    const [row] = await world.query(
      'SELECT @f AS f, @r AS r, CAST(0.1 AS float) AS tenth, CAST(1e300 AS float) AS large',
      [
        { name: 'f', type: 'float', value: 0.30000000000000004 },
        { name: 'r', type: 'real', value: 0.5 },
      ],
    );
    assert.deepEqual(row, { f: 0.30000000000000004, r: 0.5, tenth: 0.1, large: 1e300 });
  });

  for (const [type, given, message] of refused) {
    it(`${type} ${given} is refused before anything is sent`, () => {
      assert.throws(() => [driverType(type), driverValue(type, given)], {
        name: 'RangeError',
        message,
      });
    });
  }
});
