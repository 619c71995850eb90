/**
 * Parameters whose values go out with all their digits. The driver's own types write decimals from
 * doubles and times from milliseconds; these write the bytes that text stands for (MS-TDS 2.2.5.5),
 * under the type that was declared, so that a procedure gets what its parameter can hold and
 * nothing is converted on the way.
 */

import { type Decimal, decimalText, readDecimal, rounded } from '../../json/decimal.ts';
import {
  day1900,
  inUtc,
  lastDay,
  type Reading,
  readReading,
  secondsOfDay,
  ticksPerDay,
  ticksPerSecond,
} from './calendar.ts';

/** A type as it stands on the wire, and its values. */
export interface WireType {
  /** As T-SQL has it: `decimal(18, 4)`. */
  readonly declared: string;
  /** TYPE_INFO. */
  readonly info: readonly number[];
  /** What values are, to be read after `write`. */
  readonly use: string;
  /** A value's bytes; undefined: the text is none of its values. */
  encode(text: string): Buffer | undefined;
}

/** @throws RangeError for a precision or a scale that there is not */
export function decimalType(name: 'decimal' | 'numeric', precision = 18, scale = 0): WireType {
  const declared = `${name}(${precision}, ${scale})`;
  if (precision < 1 || precision > 38 || scale > precision) {
    throw new RangeError(
      `SQL type "${declared}" does not exist: use a precision from 1 to 38, and a scale up to that`,
    );
  }
  const size = precision <= 9 ? 4 : precision <= 19 ? 8 : precision <= 28 ? 12 : 16;
  const limit = 10n ** BigInt(precision);
  return {
    declared,
    info: [name === 'decimal' ? 0x6a : 0x6c, size + 1, precision, scale],
    use: `a number of at most ${precision - scale} digits before the point`,
    encode(text) {
      const units = unitsOf(text, scale, -limit + 1n, limit - 1n);
      if (units === undefined) return undefined;
      const bytes = littleEndian(units < 0n ? -units : units, size);
      return Buffer.concat([Buffer.from([units < 0n ? 0 : 1]), bytes]);
    },
  };
}

/** Ten-thousandths in 8 or 4 bytes. */
export function moneyType(name: 'money' | 'smallmoney'): WireType {
  const size = name === 'money' ? 8 : 4;
  const most = 2n ** BigInt(size * 8 - 1) - 1n;
  const text = (units: bigint) => decimalText({ units, places: 4 });
  return {
    declared: name,
    info: [0x6e, size],
    use: `a number from ${text(-most - 1n)} to ${text(most)}`,
    encode(value) {
      const units = unitsOf(value, 4, -most - 1n, most);
      if (units === undefined) return undefined;
      const bytes = littleEndian(BigInt.asUintN(size * 8, units), size);
      // Of money's two halves the high one comes first.
      return size === 4 ? bytes : Buffer.concat([bytes.subarray(4), bytes.subarray(0, 4)]);
    },
  };
}

function unitsOf(text: string, scale: number, least: bigint, most: bigint): bigint | undefined {
  const decimal: Decimal | undefined = readDecimal(text);
  if (decimal === undefined) return undefined;
  const { units } = rounded(decimal, scale);
  return units < least || units > most ? undefined : units;
}

function littleEndian(value: bigint, size: number): Buffer {
  const bytes = Buffer.alloc(size);
  for (let at = 0; at < size; at += 4) {
    bytes.writeUInt32LE(Number((value >> BigInt(at * 8)) & 0xffff_ffffn), at);
  }
  return bytes;
}

const dayForm = 'yyyy-mm-dd or yyyy-mm-ddThh:mm:ss';

export const dateType: WireType = {
  declared: 'date',
  info: [0x28],
  use: dayForm,
  encode(text) {
    const at = clockOf(text);
    return at && dayBytes(at.day);
  },
};

/** @param scale decimals of a second, from 0 to 7 */
export function timeType(scale = 7): WireType {
  return {
    declared: `time(${checkedScale('time', scale)})`,
    info: [0x29, scale],
    use: 'hh:mm:ss',
    encode(text) {
      const at = text.includes('T') || !text.includes(':') ? undefined : readReading(text);
      if (at === undefined || at.offset !== undefined) return undefined;
      // What rounds up to midnight is the midnight that the day began with.
      return timeBytes({ ...at, ticks: roundedTicks(at.ticks, scale) % ticksPerDay }, scale);
    },
  };
}

/** @param scale decimals of a second, from 0 to 7 */
export function datetime2Type(scale = 7): WireType {
  return {
    declared: `datetime2(${checkedScale('datetime2', scale)})`,
    info: [0x2a, scale],
    use: dayForm,
    encode(text) {
      const at = carried(clockOf(text), scale);
      return at && Buffer.concat([timeBytes(at, scale), dayBytes(at.day)]);
    },
  };
}

/** @param scale decimals of a second, from 0 to 7 */
export function datetimeoffsetType(scale = 7): WireType {
  return {
    declared: `datetimeoffset(${checkedScale('datetimeoffset', scale)})`,
    info: [0x2b, scale],
    use: `${dayForm}, and a zone such as +02:00`,
    encode(text) {
      const read = isOfDay(text) ? readReading(text) : undefined;
      const at = carried(read && inUtc(read), scale);
      if (at === undefined) return undefined;
      const offset = Buffer.alloc(2);
      offset.writeInt16LE(at.offset ?? 0);
      return Buffer.concat([timeBytes(at, scale), dayBytes(at.day), offset]);
    },
  };
}

const day1753 = 639_905;

/** Three-hundredths of a second. */
export const datetimeType: WireType = {
  declared: 'datetime',
  info: [0x6f, 8],
  use: `${dayForm}, from the year 1753 on`,
  encode(text) {
    const at = clockOf(text);
    const [day, parts] = datetimeOf(at);
    if (!(day >= day1753 && day <= lastDay)) return undefined;
    const bytes = Buffer.alloc(8);
    bytes.writeInt32LE(day - day1900);
    bytes.writeUInt32LE(parts, 4);
    return bytes;
  },
};

/** Minutes; 29.999 s are the first that round up. */
export const smalldatetimeType: WireType = {
  declared: 'smalldatetime',
  info: [0x6f, 4],
  use: `${dayForm}, from 1900-01-01 to 2079-06-06`,
  encode(text) {
    const [day, parts] = datetimeOf(clockOf(text));
    const minutes = Math.floor(parts / 300 / 60 + 0.5);
    const isNext = minutes === 24 * 60;
    const days = day - day1900 + (isNext ? 1 : 0);
    if (!(days >= 0 && days <= 0xffff)) return undefined;
    const bytes = Buffer.alloc(4);
    bytes.writeUInt16LE(days);
    bytes.writeUInt16LE(isNext ? 0 : minutes, 2);
    return bytes;
  },
};

/** Day and three-hundredths of a second since midnight. */
function datetimeOf(at: Reading | undefined): [day: number, parts: number] {
  if (at === undefined) return [Number.NaN, 0];
  const parts = Math.round((at.ticks * 300) / ticksPerSecond);
  return parts === secondsOfDay * 300 ? [at.day + 1, 0] : [at.day, parts];
}

const isOfDay = (text: string) => /^\d{4}-?\d\d-?\d\d/.test(text);

/** What the clock shows; a text with a zone is shown by the clock of UTC. */
function clockOf(text: string): Reading | undefined {
  const read = isOfDay(text) ? readReading(text) : undefined;
  const at = read && inUtc(read);
  return at && at.day >= 0 && at.day <= lastDay ? at : undefined;
}

/** Rounded, on the next day where that is midnight; undefined: there is no such day. */
function carried(at: Reading | undefined, scale: number): Reading | undefined {
  if (at === undefined) return undefined;
  const ticks = roundedTicks(at.ticks, scale);
  const day = ticks === ticksPerDay ? at.day + 1 : at.day;
  return day < 0 || day > lastDay ? undefined : { ...at, day, ticks: ticks % ticksPerDay };
}

function roundedTicks(ticks: number, scale: number): number {
  const unit = 10 ** (7 - scale);
  return Math.floor((ticks + unit / 2) / unit) * unit;
}

function timeBytes({ ticks }: Reading, scale: number): Buffer {
  const bytes = Buffer.alloc(scale <= 2 ? 3 : scale <= 4 ? 4 : 5);
  bytes.writeUIntLE(ticks / 10 ** (7 - scale), 0, bytes.length);
  return bytes;
}

function dayBytes(day: number): Buffer {
  const bytes = Buffer.alloc(3);
  bytes.writeUIntLE(day, 0, 3);
  return bytes;
}

function checkedScale(name: string, scale: number): number {
  if (scale <= 7) return scale;
  throw new RangeError(`SQL type "${name}(${scale})" does not exist: use a scale from 0 to 7`);
}
