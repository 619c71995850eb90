/** Every type that a condition's values may travel as: what fits, what it travels as, what it finds. */

import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { checkQuery } from '../../shared/dynsql/language/query.ts';
import { loadDefinition } from '../../shared/dynsql/language/read-definition.ts';
import { buildStatement } from '../../shared/dynsql/sql/statements.ts';
import { startStandIn } from './engine.ts';

const engine = await startStandIn();
after(() => engine.close());

const id = (digit: string) => `6F9619FF-8B86-D011-B42D-00C04FC964F${digit}`;

/** Two rows of each type, the lesser first. */
const columns: Readonly<Record<string, [sqlType: string, one: string, other: string]>> = {
  bit: ['bit', '0', '1'],
  money: ['money', '-1.5', '922337203685477.5807'],
  small: ['smallmoney', '1', '2.0001'],
  number: ['numeric(30, 4)', '1', '12345678901234567890.1234'],
  time: ['time(3)', "'08:00'", "'23:59:59.999'"],
  moment: ['datetimeoffset(3)', "'2026-10-25T02:30:00+02:00'", "'2026-10-25T02:30:00+01:00'"],
  tick: ['datetime', "'2026-12-31T00:00:00.003'", "'2026-12-31T23:59:59.997'"],
  ends: ['datetime', "'1753-01-01'", "'9999-12-31T23:59:59.997'"],
  second: ['datetime2(0)', "'2026-12-31T08:00:00'", "'2026-12-31T08:00:01'"],
  until: ['datetime2(7)', "'2026-12-31'", "'9999-12-31T23:59:59.9999999'"],
  forever: ['datetimeoffset(7)', "'2026-12-31'", "'9999-12-31T23:59:59.9999999+00:00'"],
  double: ['float', '0.1', '1e300'],
  big: ['bigint', '9007199254740992', '9223372036854775807'],
  guid: ['uniqueidentifier', `'${id('0')}'`, `'${id('F')}'`],
  code: ['varchar(5)', "'ab_c'", "'abxc'"],
  padded: ['char(5)', "'ab'", "'abx'"],
  name: ['nvarchar(5)', "N'Žď'", "N'x%y'"],
};
await engine.run(
  `CREATE TABLE dbo.typed (ID int PRIMARY KEY, ${Object.entries(columns)
    .map(([name, [type]]) => `[${name}] ${type} NOT NULL`)
    .join(', ')})`,
);
for (const row of [1, 2] as const) {
  const cells = Object.values(columns).map((column) => column[row]);
  await engine.run(`INSERT INTO dbo.typed VALUES (${row}, ${cells.join(', ')})`);
}

const isText = (type: string) => /char/.test(type);
const definition = loadDefinition({
  id: 'TESTTYPES00000000000000001',
  name: 'Types',
  timezone: 'Europe/Prague',
  datasets: [
    {
      name: 'MAIN',
      sql: 'SELECT {FIELDS} FROM dbo.typed A {WHERE} {ORDERBY}',
      fields: [{ expression: 'A.ID', fieldname: 'ID', datatype: 'dtInteger' }],
      aliases: [{ alias: 'A' }],
    },
  ],
  conditions: Object.keys(columns).flatMap((name) =>
    ['', 'List'].map((how) => ({
      id: `${name}${how}`,
      dataset: 'MAIN',
      alias: 'A',
      datatype: 'ctString',
      template: `${name}${how}`,
      params: `FIELD=[${name}]`,
    })),
  ),
  templates: Object.fromEntries(
    Object.entries(columns).flatMap(([name, [type]]) => {
      const single = '{ALIAS}.{FIELD} = {VALUE}';
      const range = type.startsWith('datetime')
        ? '{ALIAS}.{FIELD} >= {FROM} AND {ALIAS}.{FIELD} < {TO}'
        : '{ALIAS}.{FIELD} BETWEEN {FROM} AND {TO}';
      const list = '{ALIAS}.{FIELD} IN {LIST}';
      const pattern = isText(type) ? { pattern: '{ALIAS}.{FIELD} LIKE {VALUE}' } : {};
      return [
        [name, { type, single, range, ...pattern }],
        [`${name}List`, { type, single, list }],
      ];
    }),
  ),
});

/** @param found ids of rows; a text is of the fault */
const cases: [id: string, value: unknown, found: number[] | RegExp, types?: string[]][] = [
  ['bit', true, [2], ['bit']],
  ['bit', [0], [1]],
  ['bitList', [true, false], [1, 2]],
  ['bit', 'x', /must be true or false/],
  ['bit', 2, /must be true or false/],
  ['money', [5, -2], [1], ['money', 'money']],
  ['money', '922337203685477.5807', [2]],
  ['money', '922337203685477.5808', /a number from -922337203685477.5807/],
  ['money', 1.00005, /at most 4 decimal places/],
  ['moneyList', [-1.5, '922337203685477.5807'], [1, 2]],
  ['small', [2.0001, 2], [2], ['smallmoney', 'smallmoney']],
  ['small', 214748.3648, /to 214748.3647/],
  ['number', '12345678901234567890.1234', [2], ['numeric(30, 4)']],
  ['time', ['23:59:59.999', '23:00'], [2], ['time(3)', 'time(3)']],
  ['time', '08:00', [1]],
  ['timeList', ['08:00:00.000', '09:00'], [1]],
  ['time', '24:00', /a time of day/],
  ['time', '08:00:00.0001', /at most 3 decimal places/],
  ['moment', '2026-10-25', [1, 2], ['datetimeoffset(3)', 'datetimeoffset(3)']],
  ['moment', '2026-10-25T02:30:00+01:00', [2]],
  ['moment', '2026-10-25T00:30:00Z', [1]],
  ['moment', ['2026-10-25T02:30', '2026-10-25'], [1]],
  ['moment', '0001-01-01', []],
  // A datetime has every third millisecond, and a bound that is rounded leaves one out.
  ['tick', '2026-12-31T00:00:00.003', [1], ['datetime', 'datetime']],
  ['tick', '2026-12-31T00:00:00.002', []],
  ['tick', '2026-12-31T23:59:59.997', [2]],
  ['tick', ['2026-12-31T00:00', '2026-12-31T23:59:59.996'], [1]],
  ['tick', '2026-12-31', [1, 2]],
  ['tick', '2027-01-01', []],
  ['ends', '1752-12-31', []],
  ['ends', '1753-01-01', [1]],
  ['ends', '9999-12-31', [2], ['datetime']],
  ['ends', '9999-12-31T23:59:59.999', []],
  ['ends', ['0001-01-01', '9999-12-31'], [1, 2]],
  ['second', '2026-12-31T08:00:01', [2]],
  ['second', '2026-12-31T08:00:00.5', []],
  ['until', '9999-12-31', [2], ['datetime2(7)']],
  ['until', { from: '2027-01-01', to: '9999-12-31' }, [2]],
  ['until', { to: '2026-12-31' }, [1]],
  ['until', { to: '9999-12-31' }, [1, 2]],
  ['until', { from: '9999-12-31' }, [2]],
  ['ends', { to: '9999-12-31' }, [1, 2]],
  ['moment', { to: '9999-12-31' }, [1, 2]],
  // In Prague it is the year 10000.
  ['forever', '9999-12-31', [2], ['datetimeoffset(7)']],
  ['forever', ['2026-12-31', '9999-12-31'], [1, 2]],
  ['forever', { to: '9999-12-31' }, [1, 2]],
  ['forever', { to: '9999-12-30' }, [1]],
  ['double', `0.1${'0'.repeat(60)}1`, [1]],
  ['double', `1${'0'.repeat(300)}`, [2]],
  ['double', '1e309', /a number/],
  ['big', 9007199254740992, [1]],
  ['big', 9007199254740994, []],
  ['big', 1e18, []],
  ['big', 2 ** 63, /a whole number from -9223372036854775808/],
  ['bigList', [9007199254740992, '9223372036854775807'], [1, 2]],
  ['guid', id('f').toLowerCase(), [2], ['uniqueidentifier']],
  ['guidList', [id('0'), id('F')], [1, 2]],
  ['guid', '6F9619FF8B86D011B42D00C04FC964FF', /32 hexadecimal digits, as/],
  // LIKE's own letters are themselves, and a pattern is of the column's type, or it finds no index.
  ['code', '*b_c', [1], ['varchar(8000)']],
  ['code', 'ab*', [1, 2], ['varchar(5)']],
  ['code', '*ž*', [], ['nvarchar(5)']],
  ['padded', 'abx*', [2], ['varchar(5)']],
  ['padded', 'ab', [1], ['char(5)']],
  ['name', '*%*', [2], ['nvarchar(5)']],
  ['name', 'ž*', [1], ['nvarchar(5)']],
];

describe('a value of a type', () => {
  for (const [condition, value, found, types] of cases) {
    it(`${condition} ${JSON.stringify(value)}`, async () => {
      const body = { select: 'ID', where: { id: condition, value } };
      const { query, errors } = checkQuery(definition, body);
      if (found instanceof RegExp) {
        assert.equal(errors?.length, 1);
        assert.match(errors[0]?.message ?? '', found);
        assert.equal(errors[0]?.field, 'where.value');
        return;
      }
      assert.deepEqual(errors ?? [], []);
      const statement = buildStatement(query ?? assert.fail());
      const { items } = await engine.answer(statement);
      assert.deepEqual(
        items.map((item) => item['ID']),
        found,
      );
      if (types)
        assert.deepEqual(
          statement.parameters.map((one) => one.type),
          types,
        );
    });
  }

  const faulty = ['bit(1)', 'money(2)', 'time(8)', 'datetime2(9)', 'datetimeoffset(3, 1)', 'xml'];
  for (const type of faulty) {
    it(`${type} is none`, () => {
      const { document } = definition;
      const templates = { ...document.templates, bit: { ...document.templates['bit'], type } };
      assert.throws(
        () => loadDefinition({ ...document, templates }),
        /templates\.bit\.type: .*use bit, tiny/,
      );
    });
  }
});
