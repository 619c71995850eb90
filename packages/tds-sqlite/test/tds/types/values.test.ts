import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SqlValue } from '../../../src/procedure.ts';
import { ByteReader } from '../../../src/tds/byte-reader.ts';
import { ByteWriter } from '../../../src/tds/byte-writer.ts';
import { codecFor } from '../../../src/tds/types/declared.ts';

function held(type: string, value: SqlValue): SqlValue {
  const writer = new ByteWriter();
  codecFor(type).write(writer, value);
  return codecFor(type).read(new ByteReader(writer.view()));
}

const converted: [string, SqlValue, SqlValue][] = [
  ['bit', 1, true],
  ['bit', 0n, false],
  ['int', '42', 42],
  ['int', true, 1],
  ['bigint', '9223372036854775807', 9223372036854775807n],
  ['decimal(5, 2)', 1.005, '1.01'],
  ['decimal(5, 2)', '-1.005', '-1.01'],
  ['decimal(5, 2)', '0.004', '0.00'],
  ['decimal(5, 2)', 7, '7.00'],
  ['decimal(10, 3)', '1.5e3', '1500.000'],
  ['decimal(10, 3)', 1e-7, '0.000'],
  ['decimal(10, 3)', '.5', '0.500'],
  ['decimal', '17.5', '18'],
  ['money', '922337203685477.5807', '922337203685477.5807'],
  ['money', '-922337203685477.5808', '-922337203685477.5808'],
  ['smallmoney', '-214748.3648', '-214748.3648'],
  ['real', 0.1, Math.fround(0.1)],
  ['float(24)', 0.1, Math.fround(0.1)],
  ['float', '1e308', 1e308],
  ['date', '2019-07-01T23:59:59.999', '2019-07-01'],
  ['date', '2019-07-01 23:59', '2019-07-01'],
  ['time(0)', '12:34:56.5', '12:34:57'],
  ['time(0)', '23:59:59.9', '00:00:00'],
  ['datetime2(0)', '2019-12-31T23:59:59.5', '2020-01-01T00:00:00'],
  ['datetime2(3)', '2019-07-01', '2019-07-01T00:00:00.000'],
  ['datetime2', '2019-07-01T12:00:00.1234567Z', '2019-07-01T12:00:00.1234567'],
  ['datetime2(0)', '9999-12-31T23:59:59.9999999', '9999-12-31T23:59:59'],
  ['datetime', '2019-07-01T23:59:59.999', '2019-07-02T00:00:00.000'],
  ['datetime', '2019-07-01T23:59:59.998', '2019-07-01T23:59:59.997'],
  ['datetime', '1753-01-01', '1753-01-01T00:00:00.000'],
  ['datetime', '12:30:00', '1900-01-01T12:30:00.000'],
  ['smalldatetime', '2019-07-01T23:59:30', '2019-07-02T00:00:00'],
  ['datetimeoffset(0)', '2019-07-01T00:30:00+02:00', '2019-07-01T00:30:00+02:00'],
  ['datetimeoffset(0)', '2019-07-01T00:30:00', '2019-07-01T00:30:00+00:00'],
  ['char(4)', 'ab', 'ab  '],
  ['char(4)', 'Ж', 'Ж  '],
  ['nchar(3)', 'Ж', 'Ж  '],
  ['varchar(4)', 'ЖЖ', 'ЖЖ'],
  ['nvarchar(max)', '', ''],
  ['nvarchar(10)', 12.5, '12.5'],
  ['nvarchar(2)', '😀', '😀'],
  ['nvarchar(1)', '\ud83d', '\ud83d'],
  ['binary(3)', Uint8Array.of(1), Uint8Array.of(1, 0, 0)],
  [
    'uniqueidentifier',
    '{6f9619ff-8b86-d011-b42d-00c04fc964ff}',
    '6F9619FF-8B86-D011-B42D-00C04FC964FF',
  ],
  ['sysname', 'dbo', 'dbo'],
  ['[nvarchar] ( MAX )', 'x', 'x'],
  ['double precision', 1, 1],
];

for (const [type, value, expected] of converted) {
  test(`${type} makes ${String(expected)} of ${typeof value} ${String(value)}`, () => {
    assert.deepEqual(held(type, value), expected);
  });
}

const refused: [string, SqlValue, RegExp][] = [
  ['bit', 2, /2 is no bit: it must be true or false, 1 or 0/],
  ['tinyint', 256, /256 is no tinyint: it must be a whole number from 0 to 255/],
  ['tinyint', -1, /from 0 to 255/],
  ['int', 1.5, /1\.5 is no int/],
  ['int', '', /'' is no int/],
  ['int', 'x', /'x' is no int/],
  ['int', Number.NaN, /NaN is no int/],
  ['bigint', 2n ** 63n, /from -9223372036854775808 to 9223372036854775807/],
  ['decimal(3, 1)', '99.95', /'99\.95' is no decimal\(3, 1\): it must be a number below 1e2/],
  ['decimal(3, 1)', 'NaN', /no decimal/],
  ['decimal(3, 1)', '.', /no decimal/],
  ['decimal(38, 0)', '1e9999', /no decimal/],
  ['money', '922337203685477.5808', /no money: it must be a number from -922337203685477\.5808/],
  ['real', 1e39, /finite number of 4 bytes/],
  ['float', '', /finite/],
  ['float', Number.POSITIVE_INFINITY, /finite/],
  ['date', '2019-02-29', /'2019-02-29' is no date: it must be ISO 8601/],
  ['date', '2019-13-01', /no date/],
  ['date', '0000-01-01', /no date/],
  ['date', 20190701, /no date/],
  ['time(3)', '24:00', /no time/],
  ['datetime', '1752-12-31', /from 1753-01-01/],
  ['datetime', '9999-12-31T23:59:59.999', /from 1753-01-01/],
  ['smalldatetime', '2079-06-07', /to 2079-06-06/],
  ['datetimeoffset(0)', '0001-01-01T00:00:00+01:00', /in UTC too/],
  ['datetimeoffset(0)', '2019-01-01T00:00:00+15:00', /no datetimeoffset/],
  ['varchar(3)', 'ЖЖ', /at most 3 bytes of UTF-8/],
  ['nvarchar(2)', 'abc', /at most 2 characters/],
  ['nvarchar(9)', new Uint8Array(3), /3 bytes is no nvarchar\(9\): it must be text/],
  ['varbinary(2)', new Uint8Array(3), /at most 2 bytes/],
  ['varbinary(2)', 'x', /'x' is no varbinary/],
  ['uniqueidentifier', 'x', /8-4-4-4-12/],
];

for (const [type, value, message] of refused) {
  test(`${type} refuses ${typeof value} ${String(value)}`, () => {
    assert.throws(() => held(type, value), { name: 'ValueError', message });
  });
}

test('a refused value is cut in the message', () => {
  assert.throws(() => held('int', 'x'.repeat(1000)), /'x{40}… \(1000 characters\)' is no int/);
});

const notTypes: [string, RegExp][] = [
  ['', /'' is not one of SQL Server's types/],
  ['blob', /'blob' is not one/],
  ['sql_variant', /'sql_variant' is not one/],
  ['nvarchar(4001)', /type 'nvarchar\(4001\)': length is 4001, but must be from 1 to 4000/],
  ['char(max)', /length is max/],
  ['varchar(0)', /length is 0/],
  ['decimal(39)', /precision is 39/],
  ['decimal(5, 6)', /scale is 6, but must be from 0 to 5/],
  ['datetime2(8)', /scale is 8/],
  ['float(54)', /bits is 54/],
  ['int; drop table x', /not one/],
];

for (const [type, message] of notTypes) {
  test(`'${type}' is no type`, () => {
    assert.throws(() => codecFor(type), { name: 'TypeError', message });
  });
}
