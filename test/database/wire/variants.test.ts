/**
 * Values inside a sql_variant, from the bytes of MS-TDS 2.2.5.5.4: they have all the digits that they
 * have in a column of their own type.
 */

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { before, test } from 'node:test';
import { installValueReader } from '../../../shared/database/wire/value-reader.ts';

const require = createRequire(import.meta.url);

/** Base type, its own bytes by their number, and the value. */
const variants: [what: string, bytes: string, value: unknown][] = [
  ['bigint', '7f 00 0100000000002000', '9007199254740993'],
  ['decimal(5, 2)', '6a 02 0502 00e2040000', '-12.50'],
  ['numeric(38, 0)', '6c 02 2600 01ffffffff3f228a097ac4865aa84c3b4b', '9'.repeat(38)],
  ['money', '3c 00 ffffff7fffffffff', '922337203685477.5807'],
  ['smallmoney', '7a 00 ffffffff', '-0.0001'],
  ['date', '28 00 f63f0b', '2019-07-31'],
  ['time(7)', '29 01 07 ffbf692ac9', '23:59:59.9999999'],
  ['datetime2(3)', '2a 01 03 7b2e9302f63f0b', '2019-07-31T12:00:00.123'],
  ['datetimeoffset(0)', '2b 01 00 c0a800f63f0b7800', '2019-07-31T14:00:00+02:00'],
  ['datetime', '3d 00 9baa000001c1c500', '2019-07-31T12:00:00.003'],
  ['smalldatetime', '3a 00 9baacf02', '2019-07-31T11:59:00'],
  ['int, which the driver reads', '38 00 05000000', 5],
];

before(() => installValueReader());

for (const [what, hex, value] of variants) {
  test(what, () => {
    const inner = Buffer.from(hex.replaceAll(' ', ''), 'hex');
    const bytes = Buffer.alloc(4 + inner.length);
    bytes.writeUInt32LE(inner.length);
    inner.copy(bytes, 4);
    const { readValue } = require('tedious/lib/value-parser.js');
    const { NotEnoughDataError } = require('tedious/lib/token/helpers.js');
    const metadata = { type: { id: 0x62, name: 'Variant' } };
    const read = (upTo?: number) => readValue(bytes.subarray(0, upTo), 0, metadata, {});
    assert.deepEqual({ ...read() }, { value, offset: bytes.length });
    for (let length = 0; length < bytes.length; length += 1) {
      assert.throws(() => read(length), NotEnoughDataError, `${length} bytes`);
    }
  });
}
