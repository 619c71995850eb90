/** Calls of procedures: what goes in, and everything that comes back. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { SqlParameter } from '../../../shared/database/link.ts';
import { soon } from '../../support/storage.ts';
import type { Target } from './target.ts';

const silent = () => {};

/** Name, declared type, value as the catalogue would pass it, what comes back if it differs. */
const every: [name: string, type: string, value: SqlParameter['value'], back?: unknown][] = [
  ['a_bit', 'bit', true],
  ['a_tinyint', 'tinyint', 255],
  ['a_smallint', 'smallint', -32_768],
  ['an_int', 'int', 2_147_483_647],
  ['a_bigint', 'bigint', '-9223372036854775808'],
  ['a_decimal', 'decimal(12, 3)', -123_456_789.125, '-123456789.125'],
  ['a_numeric', 'numeric(18, 0)', '900719925474099301'],
  ['a_float', 'float', 0.1],
  ['a_real', 'real', 0.5],
  ['a_date', 'date', '20190731', '2019-07-31'],
  ['a_time', 'time(7)', '23:59:58.123', '23:59:58.1230000'],
  ['a_datetime', 'datetime', '2019-07-31T23:59:58.123'],
  ['a_datetime2', 'datetime2(7)', '2019-07-31 12:00', '2019-07-31T12:00:00.0000000'],
  [
    'a_datetimeoffset',
    'datetimeoffset(6)',
    '2019-07-31T12:00:00+03:00',
    '2019-07-31T12:00:00.000000+03:00',
  ],
  ['a_char', 'char(5)', '0c10', '0c10 '],
  ['a_varchar', 'varchar(20)', "0c10'; --"],
  ['an_nchar', 'nchar(5)', 'čao', 'čao  '],
  ['an_nvarchar', 'nvarchar(20)', 'четыре слова 😀'],
  ['a_max', 'nvarchar(max)', 'долго '.repeat(20_000)],
  ['a_varbinary', 'varbinary(10)', '0x00ff10', Buffer.from('00ff10', 'hex')],
  ['a_guid', 'uniqueidentifier', '6F9619FF-8B86-D011-B42D-00C04FC964FF'],
];

export function calls(target: Target): void {
  const call = (name: string) => ({ procedure: { schema: 'contract', name } });
  const comesBack = (type: string) => !(type.endsWith('(max)') && target.except('output of (max)'));

  describe('calls', () => {
    it('pass every declared type in and out', async (t) => {
      const session = await (await target.open(t)).session();
      const parameters = every.map(([name, type, value]) => ({
        name,
        type,
        value,
        output: comesBack(type),
      }));
      const result = await session.call({ ...call('sp_every_type'), parameters }, silent, soon());
      assert.equal(result.returnValue, 21);
      for (const [name, type, value, back = value] of every) {
        if (!comesBack(type)) continue;
        const isLatin = type.startsWith('nchar') && target.except('text as it is');
        const expected = isLatin ? String(back).replace(/[^\0-\x7f]/gu, '?') : back;
        assert.deepEqual(result.output[name], expected, `${name} ${type}`);
      }
    });

    it('pass NULL in every declared type in and out', async (t) => {
      const session = await (await target.open(t)).session();
      const parameters = every.map(([name, type]) => ({
        name,
        type,
        value: null,
        output: comesBack(type),
      }));
      const { output } = await session.call(
        { ...call('sp_every_type'), parameters },
        silent,
        soon(),
      );
      const nulls = every.filter(([, type]) => comesBack(type)).map(([name]) => [name, null]);
      assert.deepEqual(output, Object.fromEntries(nulls));
    });

    it('pass every declared type to a statement', async (t) => {
      const session = await (await target.open(t)).session();
      for (const [name, type, value, back = value] of every) {
        const isCast = target.except('text as it is') && /char|offset/.test(type);
        const given = isCast ? `CAST(@given AS ${type})` : '@given';
        const rows = await session.query(
          `SELECT ${given} AS given, CASE WHEN @nothing IS NULL THEN 1 ELSE 0 END AS is_null`,
          [
            { name: 'given', type, value },
            { name: 'nothing', type, value: null },
          ],
          soon(),
        );
        assert.deepEqual(rows[0]?.['given'], back, `${name} ${type}`);
        assert.equal(rows[0]?.['is_null'], 1, name);
      }
    });

    it('keep seven digits of a second', async (t) => {
      const session = await (await target.open(t)).session();
      const [at, time] = target.except('seven digits')
        ? ['2019-07-31 23:59:58.123456', '00:00:00.0000010']
        : ['2019-07-31 23:59:58.1234567', '00:00:00.0000001'];
      const rows = await session.query(
        'SELECT CONVERT(varchar(30), @at) AS at, CONVERT(varchar(20), @time) AS time',
        [
          { name: 'at', type: 'datetime2(7)', value: at },
          { name: 'time', type: 'time(7)', value: time },
        ],
        soon(),
      );
      assert.deepEqual(rows, [{ at, time }]);
    });

    it('refuse a value that is none of its type, before anything is sent', async (t) => {
      const session = await (await target.open(t)).session();
      for (const [type, value] of [
        ['date', '2019-02-30'],
        ['datetime', 'yesterday'],
        ['time', '25:00'],
        ['varbinary', '0x1'],
      ] as const) {
        await assert.rejects(
          session.query('SELECT @given AS given', [{ name: 'given', type, value }], soon()),
          { name: 'RangeError', message: new RegExp(`is no ${type}: write`) },
        );
      }
      assert.deepEqual(await session.query('SELECT 1 AS one', [], soon()), [{ one: 1 }]);
    });

    it('give the return value and the output parameters', async (t) => {
      const session = await (await target.open(t)).session();
      const result = await session.call(
        {
          ...call('sp_returns'),
          parameters: [
            { name: 'given', type: 'int', value: 21 },
            { name: 'doubled', type: 'int', value: null, output: true },
          ],
        },
        silent,
        soon(),
      );
      assert.deepEqual(result, {
        returnValue: -21,
        rows: { sum: 0, statements: 0, last: [] },
        output: { doubled: 42 },
      });
    });

    it('count the rows of every statement that counts', async (t) => {
      const session = await (await target.open(t)).session();
      const result = await session.call({ ...call('sp_rows'), parameters: [] }, silent, soon());
      assert.deepEqual(result.rows.last, [0, 3, 2, 3]);
      assert.equal(result.returnValue, 0);
    });

    it('count no assignment', async (t) => {
      const session = await (await target.open(t)).session();
      const result = await session.call({ ...call('sp_assigns'), parameters: [] }, silent, soon());
      assert.deepEqual(
        result.rows.last,
        target.except('assignments do not count') ? [0, 0, 1] : [1],
      );
    });

    it('hand over messages in order', async (t) => {
      const session = await (await target.open(t)).session();
      const messages: string[] = [];
      await session.call(
        { ...call('sp_messages'), parameters: [] },
        (text) => messages.push(text),
        soon(),
      );
      assert.deepEqual(messages, ['first', 'second', 'third: 3 of four', 'čtvrtá — четвёртая']);
    });
  });
}
