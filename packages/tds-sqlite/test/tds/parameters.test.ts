/** Every type as parameter, column and output parameter, through the real driver. */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import sql from 'mssql';
import type { SqlValue } from '../../src/procedure.ts';
import { mssqlConfig, startEcho } from './echo-backend.ts';

// The driver writes a datetimeoffset in the machine's own zone.
process.env['TZ'] = 'Europe/Prague';

const echo = await startEcho();
const pool = new sql.ConnectionPool(mssqlConfig(echo.tds));
before(() => pool.connect());
after(async () => {
  await pool.close();
  await echo.tds.close();
});

const at = (text: string): Date => new Date(`${text}Z`);
const guid = '6F9619FF-8B86-D011-B42D-00C04FC964FF';
const czech = 'Příliš žluťoučký kůň úpěl ďábelské ódy';
const russian = 'Съешь ещё этих мягких французских булок';
const emoji = '👩‍👩‍👧 😀 \u0000 konec';

/** Driver's type, the type the server sees, then per value: sent, held by the server, answered. */
const cases: [sql.ISqlType | (() => sql.ISqlType), string, [unknown, SqlValue, unknown][]][] = [
  [
    sql.Bit,
    'bit',
    [
      [true, true, true],
      [false, false, false],
    ],
  ],
  [
    sql.TinyInt,
    'tinyint',
    [
      [0, 0, 0],
      [255, 255, 255],
    ],
  ],
  [
    sql.SmallInt,
    'smallint',
    [
      [-32768, -32768, -32768],
      [32767, 32767, 32767],
    ],
  ],
  [
    sql.Int,
    'int',
    [
      [-2147483648, -2147483648, -2147483648],
      [2147483647, 2147483647, 2147483647],
    ],
  ],
  [
    sql.BigInt,
    'bigint',
    [
      [-9223372036854775808n, -9223372036854775808n, '-9223372036854775808'],
      [9223372036854775807n, 9223372036854775807n, '9223372036854775807'],
      [9007199254740991, 9007199254740991, '9007199254740991'],
      [-1, -1, '-1'],
    ],
  ],
  [
    sql.Decimal(9, 2),
    'decimal(9, 2)',
    [
      [-9999999.99, '-9999999.99', -9999999.99],
      [0, '0.00', 0],
    ],
  ],
  [
    sql.Decimal(19, 4),
    'decimal(19, 4)',
    [[12345678901.2345, '12345678901.2345', 12345678901.2345]],
  ],
  [sql.Numeric(38, 10), 'numeric(38, 10)', [[-0.5, '-0.5000000000', -0.5]]],
  [
    sql.Decimal(28, 0),
    'decimal(28, 0)',
    [[9007199254740991, '9007199254740991', 9007199254740991]],
  ],
  [
    sql.Real,
    'real',
    [
      [0.5, 0.5, 0.5],
      [-3.4028234663852886e38, -3.4028234663852886e38, -3.4028234663852886e38],
    ],
  ],
  [
    sql.Float,
    'float',
    [
      [0.1, 0.1, 0.1],
      [1.7976931348623157e308, 1.7976931348623157e308, 1.7976931348623157e308],
      [5e-324, 5e-324, 5e-324],
    ],
  ],
  [
    sql.Money,
    'money',
    [
      [922337203.5807, '922337203.5807', 922337203.5807],
      [-1.25, '-1.2500', -1.25],
    ],
  ],
  [
    sql.SmallMoney,
    'smallmoney',
    [
      [-214748.3648, '-214748.3648', -214748.3648],
      [1.5, '1.5000', 1.5],
    ],
  ],
  [
    sql.Date,
    'date',
    [
      [at('0001-01-01T00:00'), '0001-01-01', at('0001-01-01T00:00')],
      [at('9999-12-31T00:00'), '9999-12-31', at('9999-12-31T00:00')],
      [at('2020-02-29T00:00'), '2020-02-29', at('2020-02-29T00:00')],
    ],
  ],
  [sql.Time(0), 'time(0)', [[at('1970-01-01T23:59:59'), '23:59:59', at('1970-01-01T23:59:59')]]],
  [
    sql.Time(3),
    'time(3)',
    [[at('1970-01-01T12:34:56.789'), '12:34:56.789', at('1970-01-01T12:34:56.789')]],
  ],
  [
    sql.Time(7),
    'time(7)',
    [[at('1970-01-01T12:34:56.789'), '12:34:56.7890000', at('1970-01-01T12:34:56.789')]],
  ],
  [
    sql.SmallDateTime,
    'smalldatetime',
    [
      [at('1900-01-01T00:00'), '1900-01-01T00:00:00', at('1900-01-01T00:00')],
      [at('2079-06-05T23:59'), '2079-06-05T23:59:00', at('2079-06-05T23:59')],
    ],
  ],
  [
    sql.DateTime,
    'datetime',
    [
      [at('1753-01-01T00:00'), '1753-01-01T00:00:00.000', at('1753-01-01T00:00')],
      [at('9999-12-30T23:59:59.997'), '9999-12-30T23:59:59.997', at('9999-12-30T23:59:59.997')],
      [at('2019-07-01T12:00:00.003'), '2019-07-01T12:00:00.003', at('2019-07-01T12:00:00.003')],
    ],
  ],
  [
    sql.DateTime2(0),
    'datetime2(0)',
    [[at('0001-01-01T00:00'), '0001-01-01T00:00:00', at('0001-01-01T00:00')]],
  ],
  [
    sql.DateTime2(3),
    'datetime2(3)',
    [[at('2019-07-01T12:34:56.789'), '2019-07-01T12:34:56.789', at('2019-07-01T12:34:56.789')]],
  ],
  [
    sql.DateTime2(7),
    'datetime2(7)',
    [[at('9999-12-30T23:59:59.999'), '9999-12-30T23:59:59.9990000', at('9999-12-30T23:59:59.999')]],
  ],
  [
    sql.DateTimeOffset(3),
    'datetimeoffset(3)',
    [
      [
        at('2019-07-01T23:30:00.123'),
        '2019-07-02T01:30:00.123+02:00',
        at('2019-07-01T23:30:00.123'),
      ],
      [at('2019-01-01T00:00'), '2019-01-01T01:00:00.000+01:00', at('2019-01-01T00:00')],
    ],
  ],
  [
    sql.VarChar(100),
    'varchar(100)',
    [
      [czech, czech, czech],
      [russian, russian, russian],
      ['', '', ''],
    ],
  ],
  [
    sql.VarChar(sql.MAX),
    'varchar(max)',
    [
      [czech + russian, czech + russian, czech + russian],
      ['', '', ''],
    ],
  ],
  [
    sql.NVarChar(100),
    'nvarchar(100)',
    [
      [czech, czech, czech],
      [russian, russian, russian],
      [emoji, emoji, emoji],
      ['', '', ''],
    ],
  ],
  [
    sql.NVarChar(sql.MAX),
    'nvarchar(max)',
    [
      [russian, russian, russian],
      ['', '', ''],
    ],
  ],
  [
    sql.Char(5),
    'char(5)',
    [
      ['abcde', 'abcde', 'abcde'],
      ['ab', 'ab', 'ab   '],
    ],
  ],
  [
    sql.NChar(5),
    'nchar(5)',
    [
      ['Жžabc', 'Жžabc', 'Жžabc'],
      ['Ж', 'Ж', 'Ж    '],
    ],
  ],
  [sql.Text, 'text', [[russian, russian, russian]]],
  [
    sql.UniqueIdentifier,
    'uniqueidentifier',
    [
      [guid, guid, guid],
      [guid.toLowerCase(), guid, guid],
    ],
  ],
  [
    sql.VarBinary(10),
    'varbinary(10)',
    [
      [Buffer.of(0, 255), new Uint8Array([0, 255]), Buffer.of(0, 255)],
      [Buffer.alloc(0), new Uint8Array(0), Buffer.alloc(0)],
    ],
  ],
  [
    sql.VarBinary(sql.MAX),
    'varbinary(max)',
    [[Buffer.of(1, 2, 3), new Uint8Array([1, 2, 3]), Buffer.of(1, 2, 3)]],
  ],
  [
    sql.Binary,
    'binary(4)',
    [[Buffer.of(1, 2, 3, 4), new Uint8Array([1, 2, 3, 4]), Buffer.of(1, 2, 3, 4)]],
  ],
  [sql.Image, 'image', [[Buffer.of(1, 2, 3), new Uint8Array([1, 2, 3]), Buffer.of(1, 2, 3)]]],
];
const notForOutput = new Set(['text', 'ntext', 'image']);

for (const [type, declared, values] of cases) {
  test(`${declared} as parameter, column and output parameter`, async () => {
    for (const [sent, held, answered] of [...values, [null, null, null] as const]) {
      const request = pool.request().input('in', type, sent);
      if (!notForOutput.has(declared)) {
        request.output('out', type, sent);
      }
      const result = await request.execute('echo');
      const session = echo.backend.session('Tedious');
      const parameter = session.calls.at(-1)?.parameters[0] ?? assert.fail('no parameter');
      if (sent !== null || declared !== 'binary(4)') {
        assert.equal(parameter.type, declared);
      }
      assert.equal(parameter.name, '@in');
      assert.deepEqual(parameter.value, held);
      assert.deepEqual(result.recordset[0].in, answered);
      if (!notForOutput.has(declared)) {
        assert.deepEqual(result.output['out'], answered);
      }
    }
  });
}

test('the driver is told the declared type of every column', async () => {
  const declared = [
    'int',
    'decimal(12, 2)',
    'nvarchar(50)',
    'varchar(max)',
    'datetime2(3)',
    'date',
  ];
  const command = declared.map((type) => [type, type, null]);
  const { recordset } = await pool.request().batch(`select ${JSON.stringify(command)}`);
  const { columns } = recordset;
  assert.equal(columns['decimal(12, 2)']?.scale, 2);
  assert.equal((columns['decimal(12, 2)'] as { precision?: number }).precision, 12);
  assert.equal(columns['nvarchar(50)']?.length, 100, 'in bytes, as on the wire');
  assert.equal(columns['datetime2(3)']?.scale, 3);
  assert.equal(columns['date']?.nullable, true);
});

test('xml comes as text', async () => {
  const { recordset } = await pool.request().batch('select [["doc","xml","<a>Ж</a>"]]');
  assert.equal(recordset[0].doc, '<a>Ж</a>');
});

test('values of 10 MB travel both ways', async () => {
  const text = 'Žlutý жук '.repeat(1_000_000);
  const bytes = Buffer.alloc(10_000_000, 'жук');
  const { recordset } = await pool
    .request()
    .input('wide', sql.NVarChar(sql.MAX), text)
    .input('narrow', sql.VarChar(sql.MAX), text)
    .input('bytes', sql.VarBinary(sql.MAX), bytes)
    .execute('echo');
  assert.ok(recordset[0].wide === text && recordset[0].narrow === text);
  assert.ok(bytes.equals(recordset[0].bytes));
});

test('a table-valued parameter is refused and the connection stays', async () => {
  const table = new sql.Table('dbo.ids');
  table.columns.add('id', sql.Int);
  table.rows.add(1);
  const refused = pool.request().input('ids', sql.TVP, table).execute('echo');
  await assert.rejects(refused, { number: 40510, message: /table-valued parameters/ });
  assert.equal((await pool.request().batch('select [["a","int",1]]')).recordset[0].a, 1);
});
