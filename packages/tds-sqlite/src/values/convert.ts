/**
 * CAST and CONVERT between all types, on values as the procedure contract holds them: bit boolean,
 * int and smaller number, bigint bigint, decimal and money text, float number, text string, binary
 * Uint8Array, dates and times ISO 8601 text with the type's digits, uniqueidentifier upper case.
 */

import { errors } from '../errors.ts';
import type { SqlValue } from '../procedure.ts';
import { dateFrom, dateToText, formatMoment } from './convert-date.ts';
import { dayZero, type Moment, ticksPerDay } from './datetime.ts';
import {
  type Decimal,
  decimalFromNumber,
  fits,
  formatDecimal,
  parseDecimal,
  rescale,
  truncateDecimal,
} from './decimal.ts';
import { cutText, paddedText, textSize } from './text-size.ts';
import { family, integerRange, isUnicode, type SqlType, spokenName, types } from './types.ts';

/** @throws 245, 8114, 8115, 220, 241, 242, 529, 8169 as SQL Server does */
export function convert(value: SqlValue, from: SqlType, to: SqlType, style = 0): SqlValue {
  if (value === null || from === to) return value;
  switch (family(to)) {
    case 'integer':
      return toInteger(value, from, to);
    case 'decimal':
      return toDecimalText(value, from, to);
    case 'float':
      return toFloat(value, from, to);
    case 'text':
      return toText(value, from, to, style);
    case 'binary':
      return toBinary(value, from, to, style);
    case 'guid':
      return toGuid(value, from, to);
    case 'date':
      return isPlainDate(value, from, to)
        ? value
        : formatMoment(dateFrom(value, from, to, style), to);
  }
}

/** `2019-07-28`, in every style, and up to a day that all months have. */
const isPlainDate = (value: SqlValue, from: SqlType, to: SqlType): boolean =>
  to.name === 'date' &&
  family(from) === 'text' &&
  /^[12]\d{3}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])$/.test(String(value));

/** The number behind any value of a numeric type. */
export function decimalOf(value: SqlValue): Decimal {
  const text = typeof value === 'boolean' ? (value ? '1' : '0') : String(value);
  return parseDecimal(text) ?? { unscaled: 0n, scale: 0 };
}

/** An integer as its type holds it: bit boolean, bigint bigint, others number. */
export function integerValue(value: bigint, to: SqlType): SqlValue {
  if (to.name === 'bit') return value !== 0n;
  if (to.name === 'bigint') return value;
  return Number(value);
}

function toInteger(value: SqlValue, from: SqlType, to: SqlType): SqlValue {
  const kind = family(from);
  let whole: bigint;
  if (kind === 'text') {
    const text = String(value).trim();
    if (to.name === 'bit' && /^(true|false)$/i.test(text)) return text.toLowerCase() === 'true';
    if (text === '') whole = 0n;
    else if (/^[+-]?\s*\d+$/.test(text)) whole = BigInt(text.replace(/^\+|\s/g, ''));
    else if (to.name === 'bigint') throw errors.typeConversion(from.name, to.name);
    else throw errors.conversion(from.name, String(value), to.name);
    if (to.name === 'bit') return whole !== 0n;
    const [low, high] = integerRange[to.name] ?? [0n, 0n];
    if (whole < low || whole > high) {
      if (to.name === 'int') throw errors.textOverflow(from.name, text);
      if (to.name === 'bigint') throw errors.overflowExpression(to.name);
      throw errors.textOverflow(from.name, text);
    }
    return integerValue(whole, to);
  }
  if (kind === 'date') {
    if (from.name !== 'datetime' && from.name !== 'smalldatetime') {
      throw errors.explicitConversion(from.name, to.name);
    }
    const when = dateFrom(value, from, from, 0);
    whole = BigInt(when.day - dayZero + (when.ticks >= ticksPerDay / 2 ? 1 : 0));
  } else if (kind === 'binary') {
    whole = BigInt.asIntN(to.name === 'bigint' ? 64 : 32, bytesToInteger(value as Uint8Array));
  } else if (kind === 'guid') {
    throw errors.explicitConversion(from.name, to.name);
  } else if (to.name === 'bit') {
    return Number(value) !== 0;
  } else if (kind === 'integer') {
    whole = BigInt(value as number);
  } else if (kind === 'float') {
    if (!Number.isFinite(Number(value))) throw errors.overflowExpression(to.name);
    whole = BigInt(Math.trunc(Number(value)));
  } else {
    const number = decimalOf(value);
    // Money is rounded, decimal is cut.
    whole = (from.name === 'decimal' ? truncateDecimal(number, 0) : rescale(number, 0)).unscaled;
  }
  if (to.name === 'bit') return whole !== 0n;
  const [low, high] = integerRange[to.name] ?? [0n, 0n];
  if (whole < low || whole > high) {
    if (kind === 'integer' && to.name !== 'int') throw errors.typeOverflow(to.name, String(whole));
    if (kind === 'integer') throw errors.overflowExpression(to.name);
    throw errors.overflow(spokenName(from), to.name);
  }
  return integerValue(whole, to);
}

/** Most numbers have fewer digits than their type: with noughts behind they are what it holds. */
function plainDecimal(text: string, { precision = 38, scale = 0 }: SqlType): string | undefined {
  const [, whole = '', fraction = ''] = /^(0|[1-9]\d*)(?:\.(\d+))?$/.exec(text) ?? [];
  if (whole === '' || whole.length > precision - scale || fraction.length > scale) return undefined;
  return scale === 0 ? whole : `${whole}.${fraction.padEnd(scale, '0')}`;
}

function toDecimalText(value: SqlValue, from: SqlType, to: SqlType): SqlValue {
  const kind = family(from);
  let number: Decimal | undefined;
  if (kind === 'text') {
    const text = String(value).trim();
    const isMoney = to.name !== 'decimal';
    const plain = isMoney ? undefined : plainDecimal(text, to);
    if (plain !== undefined) return plain;
    number = parseDecimal(isMoney ? text.replace(/[$€,\s]/g, '') || '0' : text);
    if (number === undefined || /e/i.test(text)) {
      throw isMoney
        ? errors.moneySyntax(to.name)
        : errors.typeConversion(from.name, spokenName(to));
    }
  } else if (kind === 'float') {
    number = decimalFromNumber(Number(value));
    if (!number) throw errors.overflow(from.name, spokenName(to));
  } else if (kind === 'integer' || kind === 'decimal') {
    number = decimalOf(value);
  } else if (kind === 'date' && (from.name === 'datetime' || from.name === 'smalldatetime')) {
    number = decimalFromNumber(daysAsNumber(dateFrom(value, from, from, 0)));
  } else if (kind === 'binary') {
    number = { unscaled: bytesToInteger(value as Uint8Array), scale: 0 };
  }
  if (!number) throw errors.explicitConversion(from.name, spokenName(to));
  const rounded = rescale(number, to.scale ?? 0);
  if (!fits(rounded, to.precision ?? 38) || !fitsMoney(rounded.unscaled, to)) {
    throw errors.overflow(kind === 'integer' ? from.name : spokenName(from), spokenName(to));
  }
  return formatDecimal(rounded);
}

/** Money is whole ten-thousandths of 64 bits, smallmoney of 32. */
export function fitsMoney(unscaled: bigint, { name }: SqlType): boolean {
  const bits = name === 'money' ? 64 : name === 'smallmoney' ? 32 : undefined;
  return bits === undefined || BigInt.asIntN(bits, unscaled) === unscaled;
}

const daysAsNumber = (when: Moment) => when.day - dayZero + when.ticks / ticksPerDay;

function toFloat(value: SqlValue, from: SqlType, to: SqlType): SqlValue {
  const kind = family(from);
  let number: number;
  if (kind === 'text') {
    const text = String(value).trim();
    if (text === '') number = 0;
    else if (parseDecimal(text) === undefined) throw errors.typeConversion(from.name, to.name);
    else number = Number(text);
  } else if (kind === 'date') {
    if (from.name !== 'datetime' && from.name !== 'smalldatetime') {
      throw errors.explicitConversion(from.name, to.name);
    }
    number = daysAsNumber(dateFrom(value, from, from, 0));
  } else if (kind === 'binary' || kind === 'guid') {
    throw errors.explicitConversion(from.name, to.name);
  } else {
    number = Number(value);
  }
  if (to.name === 'real') number = Math.fround(number);
  if (!Number.isFinite(number)) throw errors.overflow('expression', to.name);
  return number;
}

/** Float as text: six digits, or 16 with style 3 (`1.5`, `1e+006`). */
function floatText(value: number, style: number, single: boolean): string {
  const digits = style === 0 ? 6 : style === 3 ? 17 : single ? 8 : 16;
  if (style === 1 || style === 2) return exponentForm(value.toExponential(digits - 1));
  if (style === 3) return String(value);
  const text = value.toPrecision(digits);
  if (text.includes('e')) return exponentForm(text.replace(/\.?0+e/, 'e'));
  const plain = text.includes('.') ? text.replace(/\.?0+$/, '') : text;
  return Math.abs(value) < 1e-4 && value !== 0
    ? exponentForm(value.toExponential(digits - 1).replace(/\.?0+e/, 'e'))
    : plain;
}

const exponentForm = (text: string) =>
  text.replace(
    /e([+-])(\d+)$/,
    (_, sign: string, digits: string) => `e${sign}${digits.padStart(3, '0')}`,
  );

function moneyText(value: SqlValue, style: number): string {
  const text = formatDecimal(rescale(decimalOf(value), style === 2 || style === 126 ? 4 : 2));
  return style === 1 ? text.replace(/\B(?=(\d{3})+(?=\.))/g, ',') : text;
}

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex').toUpperCase();

function toText(value: SqlValue, from: SqlType, to: SqlType, style: number): SqlValue {
  const kind = family(from);
  let text: string;
  if (kind === 'text') text = String(value);
  else if (kind === 'date') text = dateToText(String(value), from, style);
  else if (kind === 'float') text = floatText(Number(value), style, from.name === 'real');
  else if (kind === 'binary') {
    const bytes = value as Uint8Array;
    if (style === 1) text = `0x${hex(bytes)}`;
    else if (style === 2) text = hex(bytes);
    else
      text = to.name.startsWith('n')
        ? Buffer.from(bytes).toString('utf16le')
        : Buffer.from(bytes).toString('utf8');
  } else if (from.name === 'money' || from.name === 'smallmoney') text = moneyText(value, style);
  else if (typeof value === 'boolean') text = value ? '1' : '0';
  else text = String(value);
  const length = to.length ?? -1;
  if (length !== -1 && textSize(text, to) > length) {
    if (kind === 'integer') {
      // An integer that has no room is a star (or an error where the target is Unicode).
      if (to.name.startsWith('n')) throw errors.overflow('expression', to.name);
      return '*'.padEnd(to.name === 'char' ? length : 1);
    }
    if (kind === 'decimal' || kind === 'float') throw errors.overflow(spokenName(from), to.name);
    if (kind === 'guid') throw errors.truncatedOld();
    text = cutText(text, to);
  }
  return paddedText(text, to);
}

function toBinary(value: SqlValue, from: SqlType, to: SqlType, style: number): SqlValue {
  const kind = family(from);
  const length = to.length ?? -1;
  let bytes: Uint8Array;
  if (kind === 'binary') bytes = value as Uint8Array;
  else if (kind === 'text') {
    const text = String(value);
    if (style === 1 || style === 2) {
      const digits = style === 1 ? text.replace(/^0x/i, '') : text;
      if (digits.length % 2 || /[^0-9a-f]/i.test(digits) || (style === 1 && !/^0x/i.test(text))) {
        throw errors.typeConversion(from.name, to.name);
      }
      bytes = Buffer.from(digits, 'hex');
    } else bytes = Buffer.from(text, from.name.startsWith('n') ? 'utf16le' : 'utf8');
  } else if (kind === 'integer') {
    const size = { bit: 1, tinyint: 1, smallint: 2, bigint: 8 }[from.name as string] ?? 4;
    const whole = BigInt.asUintN(size * 8, BigInt(value as number));
    bytes = Buffer.from(whole.toString(16).padStart(size * 2, '0'), 'hex');
    // Numbers keep their low end.
    if (length !== -1 && bytes.length > length) bytes = bytes.subarray(bytes.length - length);
    else if (to.name === 'binary')
      bytes = Buffer.concat([Buffer.alloc(length - bytes.length), bytes]);
  } else if (kind === 'guid') bytes = guidBytes(String(value));
  else throw errors.explicitConversion(spokenName(from), to.name);
  if (length !== -1 && bytes.length > length) bytes = bytes.subarray(0, length);
  if (to.name === 'binary' && bytes.length < length) {
    bytes = Buffer.concat([bytes, Buffer.alloc(length - bytes.length)]);
  }
  return bytes;
}

function bytesToInteger(bytes: Uint8Array): bigint {
  const text = hex(bytes);
  return text === '' ? 0n : BigInt(`0x${text}`);
}

/** The first three groups are little-endian in SQL Server's bytes. */
function guidBytes(text: string): Uint8Array {
  const bytes = Buffer.from(text.replaceAll('-', ''), 'hex');
  bytes.subarray(0, 4).reverse();
  bytes.subarray(4, 6).reverse();
  bytes.subarray(6, 8).reverse();
  return bytes;
}

function toGuid(value: SqlValue, from: SqlType, to: SqlType): SqlValue {
  const kind = family(from);
  if (kind === 'binary') {
    const bytes = Buffer.alloc(16);
    bytes.set((value as Uint8Array).subarray(0, 16));
    const plain = Buffer.from(guidBytes(bytes.toString('hex')))
      .toString('hex')
      .toUpperCase();
    return plain.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  }
  if (kind !== 'text') throw errors.explicitConversion(spokenName(from), to.name);
  const match = /^\{?([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})/i.exec(
    String(value),
  );
  if (!match?.[1]) throw errors.guidConversion();
  return match[1].toUpperCase();
}

/** A value of unknown origin (a procedure's, a driver's) as its declared type holds it. */
export function coerce(value: SqlValue, to: SqlType): SqlValue {
  if (value === null) return null;
  return convert(value, naturalType(value, to), to);
}

/** The type a JavaScript value has when nobody said. */
function naturalType(value: NonNullable<SqlValue>, to: SqlType): SqlType {
  if (typeof value === 'boolean') return types.bit;
  if (typeof value === 'bigint') return types.bigint;
  if (typeof value === 'number') return Number.isSafeInteger(value) ? types.bigint : types.float;
  if (typeof value === 'string') return isUnicode(to) ? types.nvarcharMax : types.varcharMax;
  return types.varbinaryMax;
}
