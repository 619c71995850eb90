/** Forms of types that only some clients send, as bytes written by hand from MS-TDS 2.2.5.4. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SqlValue } from '../../../src/procedure.ts';
import { ByteReader } from '../../../src/tds/byte-reader.ts';
import { readType } from '../../../src/tds/types/type-info.ts';

const collation = '0904d02400';

/** What it is, TYPE_INFO, then the value's bytes. */
const cases: [string, string, string, string, SqlValue][] = [
  ['INT1TYPE', '30', 'ff', 'tinyint', 255],
  ['INT2TYPE', '34', 'feff', 'smallint', -2],
  ['INT4TYPE', '38', 'feffffff', 'int', -2],
  ['INT8TYPE', '7f', 'ffffffffffffff7f', 'bigint', 9223372036854775807n],
  ['BITTYPE', '32', '01', 'bit', true],
  ['FLT4TYPE', '3b', '0000003f', 'real', 0.5],
  ['FLT8TYPE', '3e', '000000000000e03f', 'float', 0.5],
  ['MONEY4TYPE', '7a', 'e8030000', 'smallmoney', '0.1000'],
  ['MONEYTYPE', '3c', '00000000e8030000', 'money', '0.1000'],
  ['MONEYTYPE, negative', '3c', 'ffffffff18fcffff', 'money', '-0.1000'],
  ['DATETIM4TYPE', '3a', '01003c00', 'smalldatetime', '1900-01-02T01:00:00'],
  ['DATETIMETYPE', '3d', '010000002c010000', 'datetime', '1900-01-02T00:00:01.000'],
  ['DATETIMETYPE before 1900', '3d', 'ffffffff00000000', 'datetime', '1899-12-31T00:00:00.000'],
  ['NULLTYPE', '1f', '', 'int', null],
  ['a decimal in no more bytes than it needs', '6a050902', '0201e7', 'decimal(9, 2)', '2.31'],
  [
    'a negative decimal',
    '6c110a01',
    '110005000000000000000000000000000000',
    'numeric(10, 1)',
    '-0.5',
  ],
  ['TEXTTYPE', `23ffffff7f${collation}`, '02000000d096', 'text', 'Ж'],
  ['TEXTTYPE, NULL', `23ffffff7f${collation}`, 'ffffffff', 'text', null],
  ['NTEXTTYPE', `63ffffff7f${collation}`, '020000001604', 'ntext', 'Ж'],
  ['IMAGETYPE', '22ffffff7f', '02000000ff00', 'image', Uint8Array.of(255, 0)],
  ['IMAGETYPE, NULL', '22ffffff7f', 'ffffffff', 'image', null],
  [
    'a value of unknown length in chunks',
    `e7ffff${collation}`,
    'feffffffffffffff02000000160402000000170400000000',
    'nvarchar(max)',
    'ЖЗ',
  ],
  [
    'an empty value of unknown length',
    `a7ffff${collation}`,
    'feffffffffffffff00000000',
    'varchar(max)',
    '',
  ],
  ['nvarchar(0), as some send an empty text', `e70000${collation}`, '0000', 'nvarchar(1)', ''],
  ['DATENTYPE, the first day', '28', '03000000', 'date', '0001-01-01'],
  ['TIMENTYPE of scale 7', '2907', '05ffbf692ac9', 'time(7)', '23:59:59.9999999'],
];

for (const [name, type, value, declared, expected] of cases) {
  test(`${name} is ${declared}`, () => {
    const reader = new ByteReader(Buffer.from(type + value, 'hex'));
    const codec = readType(reader);
    assert.equal(codec.declared, declared);
    assert.deepEqual(codec.read(reader), expected);
    assert.equal(reader.remaining, 0);
  });
}

const refused: [string, string, string, RegExp][] = [
  ['no type', '01', '', /0x1 is not the id of a type/],
  ['an integer of 3 bytes', '2603', '', /a type has 1, 2, 4, 8 bytes, not 3/],
  ['an int with 2 bytes', '2604', '020000', /a value of type int has 4 bytes, not 2/],
  ['a scale above 7', '2a08', '', /a time's scale is 8, above 7/],
  ['a precision of 0', '6a050000', '', /precision 0/],
  ['a decimal with too many digits', '6a050200', '0501ffffff00', /more than 2 digits/],
  ['a time of 24 hours', '2900', '03805101', /after 23:59:59/],
  ['a date after 9999', '28', '03ffffff', /after 9999-12-31/],
  ['a datetime before 1753', '3d', '0000ff8000000000', /datetime is out of its range/],
  ['a float that is no number', '6d08', '08000000000000f07f', /not a finite number/],
  ['odd UTF-16', `e70a00${collation}`, '0300160400', /UTF-16 text of 3 bytes/],
  [
    'a length that lies',
    `a7ffff${collation}`,
    '0500000000000000010000004100000000',
    /a value of 5 bytes has 1/,
  ],
  ['nvarchar(5000)', `e71027${collation}`, '', /a nvarchar of length 5000, above 4000/],
  ['a value that ends early', `a70a00${collation}`, '0a0041', /10 bytes are announced/],
];

for (const [name, type, value, message] of refused) {
  test(`${name} breaks the protocol`, () => {
    const reader = new ByteReader(Buffer.from(type + value, 'hex'));
    assert.throws(() => readType(reader).read(reader), { name: 'ProtocolError', message });
  });
}
