/**
 * Values of SQL Server from its bytes (MS-TDS 2.2.5.5) to text with all their digits: decimal,
 * numeric, money, smallmoney, and every date and time. The driver's own reader makes doubles and
 * milliseconds of them.
 *
 * | type | text |
 * | --- | --- |
 * | decimal(p, s), numeric | `-12.50`, always s places |
 * | money, smallmoney | four places |
 * | date | `2019-07-31` |
 * | time(s) | `23:59:59.1234567`, s places |
 * | datetime2(s) | `2019-07-31T23:59:59.1234567` |
 * | datetime, smalldatetime | with three places, and with none |
 * | datetimeoffset(s) | its own clock and zone: `2019-07-31T23:59:59.1234567+02:00` |
 *
 * All other types are read by the driver: float and real are doubles, bigint is text.
 */

import { NotEnoughDataError, Result } from 'tedious/lib/token/helpers.js';
import valueParser from 'tedious/lib/value-parser.js';
import { withPoint } from '../../json/decimal.ts';
import { day1900, dayText, offsetText, secondsOfDay, timeText } from './calendar.ts';
import { requireKnownDriver } from './driver-version.ts';

/** What a type says of its values. */
interface Sized {
  scale?: number | undefined;
}

/** @param at of the value's first byte, all `length` of which are there */
type Read = (buffer: Buffer, at: number, length: number, sized: Sized) => string;

type ReadValue = typeof valueParser.readValue;

const readDecimal: Read = (buffer, at, length, { scale = 0 }) => {
  const text = withPoint(magnitude(buffer, at + 1, length - 1), scale);
  return buffer[at] === 0 ? `-${text}` : text;
};

/** An unsigned number of 4, 8, 12 or 16 bytes, its low end first. */
function magnitude(buffer: Buffer, at: number, length: number): string {
  if (length === 4) return String(buffer.readUInt32LE(at));
  if (length === 8 && buffer.readUInt32LE(at + 4) < 2 ** 21) {
    return String(buffer.readUInt32LE(at + 4) * 2 ** 32 + buffer.readUInt32LE(at));
  }
  const low = buffer.readBigUInt64LE(at);
  if (length === 8) return String(low);
  const high = length === 12 ? BigInt(buffer.readUInt32LE(at + 8)) : buffer.readBigUInt64LE(at + 8);
  return String(high === 0n ? low : (high << 64n) | low);
}

/** Ten-thousandths; of money's two halves the high one comes first. */
const readMoney: Read = (buffer, at, length) => {
  const high = buffer.readInt32LE(at);
  let units: number | bigint = high;
  if (length === 8) {
    const low = buffer.readUInt32LE(at + 4);
    units = high * 2 ** 32 + low;
    if (!Number.isSafeInteger(units)) units = (BigInt(high) << 32n) | BigInt(low);
  }
  const text = String(units);
  return units < 0 ? `-${withPoint(text.slice(1), 4)}` : withPoint(text, 4);
};

const readDate: Read = (buffer, at) => dayText(buffer.readUIntLE(at, 3));

const readTime: Read = (buffer, at, length, { scale = 7 }) =>
  timeText(buffer.readUIntLE(at, length), scale);

const readDatetime2: Read = (buffer, at, length, sized) =>
  `${readDate(buffer, at + length - 3, 3, sized)}T${readTime(buffer, at, length - 3, sized)}`;

/** In UTC on the wire, with the minutes that its zone is ahead. */
const readDatetimeoffset: Read = (buffer, at, length, { scale = 7 }) => {
  const offset = buffer.readInt16LE(at + length - 2);
  const perDay = secondsOfDay * 10 ** scale;
  const units = buffer.readUIntLE(at, length - 5) + offset * 60 * 10 ** scale;
  const days = Math.floor(units / perDay);
  const day = buffer.readUIntLE(at + length - 5, 3) + days;
  return `${dayText(day)}T${timeText(units - days * perDay, scale)}${offsetText(offset)}`;
};

/** Three-hundredths of a second, or minutes for smalldatetime. */
const readDatetime: Read = (buffer, at, length) => {
  if (length === 4) {
    const day = dayText(day1900 + buffer.readUInt16LE(at));
    return `${day}T${timeText(buffer.readUInt16LE(at + 2) * 60, 0)}`;
  }
  const milliseconds = Math.round((buffer.readUInt32LE(at + 4) * 10) / 3);
  return `${dayText(day1900 + buffer.readInt32LE(at))}T${timeText(milliseconds, 3)}`;
};

/** A type whose values come without their length. */
const fixed =
  (length: number, read: Read): ReadValue =>
  (buffer, offset, metadata) => {
    const end = offset + length;
    if (buffer.length < end) throw new NotEnoughDataError(end);
    return new Result(read(buffer, offset, length, metadata), end);
  };

/** A byte of length first; 0 is NULL. */
const counted =
  (read: Read): ReadValue =>
  (buffer, offset, metadata) => {
    const length = buffer[offset];
    if (length === undefined) throw new NotEnoughDataError(offset + 1);
    if (length === 0) return new Result(null, offset + 1);
    const end = offset + 1 + length;
    if (buffer.length < end) throw new NotEnoughDataError(end);
    return new Result(read(buffer, offset + 1, length, metadata), end);
  };

/** Of values inside a sql_variant, by the base type's id. */
const inVariants = new Map<number, Read>([
  [0x6a, readDecimal],
  [0x6c, readDecimal],
  [0x3c, readMoney],
  [0x7a, readMoney],
  [0x28, readDate],
  [0x29, readTime],
  [0x2a, readDatetime2],
  [0x2b, readDatetimeoffset],
  [0x3d, readDatetime],
  [0x3a, readDatetime],
]);

/** Four bytes of length, the base type, and how many bytes of its own it has before the value. */
const readVariant: ReadValue = (buffer, offset, metadata, options) => {
  if (buffer.length < offset + 6) return driverReader(buffer, offset, metadata, options);
  const read = inVariants.get(buffer.readUInt8(offset + 4));
  const end = offset + 4 + buffer.readUInt32LE(offset);
  if (read === undefined || end === offset + 4)
    return driverReader(buffer, offset, metadata, options);
  if (buffer.length < end) throw new NotEnoughDataError(end);
  const own = buffer.readUInt8(offset + 5);
  const at = offset + 6 + own;
  // A decimal has its precision before its scale.
  const scale = own === 0 ? undefined : buffer.readUInt8(at - 1);
  return new Result(read(buffer, at, end - at, { scale }), end);
};

/** By the type's id on the wire. */
const readers: (ReadValue | undefined)[] = [];
readers[0x6a] = counted(readDecimal);
readers[0x6c] = counted(readDecimal);
readers[0x6e] = counted(readMoney);
readers[0x3c] = fixed(8, readMoney);
readers[0x7a] = fixed(4, readMoney);
readers[0x28] = counted(readDate);
readers[0x29] = counted(readTime);
readers[0x2a] = counted(readDatetime2);
readers[0x2b] = counted(readDatetimeoffset);
readers[0x6f] = counted(readDatetime);
readers[0x3d] = fixed(8, readDatetime);
readers[0x3a] = fixed(4, readDatetime);
readers[0x62] = readVariant;

/** The driver's own, which reads all other types. */
export const driverReader: ReadValue = valueParser.readValue;

/** Rows, output parameters and return values all pass here. */
const readValue: ReadValue = (buffer, offset, metadata, options) =>
  (readers[metadata.type.id] ?? driverReader)(buffer, offset, metadata, options);

/**
 * Puts the reader in the place of the driver's, for all connections of the process. The driver's
 * modules ask the module of its reader for it at each value, which is what makes this possible.
 *
 * @throws Error for another version of the driver than the known one
 */
export function installValueReader(): void {
  requireKnownDriver();
  Object.assign(valueParser, { readValue });
}
