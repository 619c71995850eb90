/** The T-SQL types a parameter may have, and which values go into them. */

import {
  dateType,
  datetime2Type,
  datetimeType,
  decimalType,
  smalldatetimeType,
  type WireType,
} from '../database/wire/parameter-types.ts';
import { readDecimal } from '../json/decimal.ts';
import { isDay, type ValueSource } from './value-source.ts';

/** What values of a type are. `day` and `moment` are dates, without and with the time of day. */
export type TypeKind = 'flag' | 'integer' | 'decimal' | 'text' | 'day' | 'moment';

export interface SqlType {
  kind: TypeKind;
  /** Without length and scale: `varchar`. */
  name: string;
  /** Of texts, in characters; infinite for `max`. */
  length: number;
  /** Of decimals and dates: what their values are. */
  wire?: WireType;
}

/** The least and the greatest value. */
const integers = {
  tinyint: [0n, 255n],
  smallint: [-(2n ** 15n), 2n ** 15n - 1n],
  int: [-(2n ** 31n), 2n ** 31n - 1n],
  bigint: [-(2n ** 63n), 2n ** 63n - 1n],
} as const;

export const sqlTypesAllowed =
  'use bit, tinyint, smallint, int, bigint, decimal(p, s), date, smalldatetime, datetime, datetime2(n), char(n) or varchar(n) with n from 1 to 8000, nchar(n) or nvarchar(n) with n from 1 to 4000, or varchar(max) or nvarchar(max)';

/** @param type as it is declared: `int`, `varchar(4)`; undefined: not allowed here */
export function readSqlType(type: string): SqlType | undefined {
  if (Object.hasOwn(integers, type)) return { kind: 'integer', name: type, length: 0 };
  if (type === 'bit') return { kind: 'flag', name: type, length: 0 };
  return dateOf(type) ?? decimalOf(type) ?? textOf(type);
}

function dateOf(type: string): SqlType | undefined {
  const [, name = '', scale] =
    /^(date|smalldatetime|datetime|datetime2(?:\(([0-7])\))?)$/.exec(type) ?? [];
  if (name === '') return undefined;
  if (name === 'date') return { kind: 'day', name, length: 0, wire: dateType };
  if (name === 'datetime') return { kind: 'moment', name, length: 0, wire: datetimeType };
  if (name === 'smalldatetime') return { kind: 'moment', name, length: 0, wire: smalldatetimeType };
  const wire = datetime2Type(scale === undefined ? undefined : Number(scale));
  return { kind: 'moment', name: 'datetime2', length: 0, wire };
}

function decimalOf(type: string): SqlType | undefined {
  const [, name, precision = '18', scale = '0'] =
    /^(decimal|numeric)(?:\(([1-9]\d?)(?:, ?(\d\d?))?\))?$/.exec(type) ?? [];
  if (name === undefined) return undefined;
  const [digits, places] = [Number(precision), Number(scale)];
  if (digits > 38 || places > digits) return undefined;
  const wire = decimalType(name === 'decimal' ? name : 'numeric', digits, places);
  return { kind: 'decimal', name, length: 0, wire };
}

function textOf(type: string): SqlType | undefined {
  const [, name = '', national, digits] =
    /^((n?)(?:var)?char)\(([1-9]\d{0,3}|max)\)$/.exec(type) ?? [];
  if (digits === 'max') {
    const length = Number.POSITIVE_INFINITY;
    return name.includes('var') ? { kind: 'text', name, length } : undefined;
  }
  const length = Number(digits);
  return length <= (national ? 4000 : 8000) ? { kind: 'text', name, length } : undefined;
}

/** Letters of an id that `newRunId` makes. */
const runIdLength = 16;

const dayTypes =
  'a day needs date, smalldatetime, datetime, datetime2, or int, char(8) or varchar(8) for yyyymmdd';

/** Why values from `source` don't go into `type`: which types do. Undefined: they fit. */
export function misfit(type: string, source: ValueSource): string | undefined {
  const read = readSqlType(type);
  if (read === undefined) return undefined;
  const { kind, name, length } = read;
  const isText = kind === 'text';
  /** Has room for eight digits. */
  const isWhole = name === 'int' || name === 'bigint';
  switch (source) {
    case 'month':
      return kind === 'integer' ? undefined : 'a month needs tinyint, smallint, int or bigint';
    case 'year':
      return kind === 'integer' && name !== 'tinyint'
        ? undefined
        : 'a year needs smallint, int or bigint';
    case 'yyyymm':
      return isWhole || (isText && length >= 6)
        ? undefined
        : 'year and month need int, bigint or char(6)';
    case 'code':
      return isText ? undefined : 'a code needs char(n) or varchar(n)';
    case 'entity':
    case 'source name':
      return isText ? undefined : 'a name needs char(n) or varchar(n)';
    case 'user':
      return isText ? undefined : 'a user needs nvarchar(n), and is cut to n characters';
    case 'run id':
      return isText && length >= runIdLength
        ? undefined
        : `an id of a run needs varchar(${runIdLength})`;
    case 'first day of month':
    case 'last day of month':
    case 'first day of next month':
    case 'date of run':
      return kind === 'day' || kind === 'moment' || isWhole || (isText && length >= 8)
        ? undefined
        : dayTypes;
    case 'began':
    case 'began in UTC':
      return kind === 'moment' ? undefined : 'a time needs datetime2(n), datetime or smalldatetime';
  }
}

/** A value as it is passed. @param value of `source`: a day is `yyyy-mm-dd` */
export function asPassed(type: string, source: ValueSource, value: string | number) {
  const read = readSqlType(type);
  if (typeof value === 'number' || read === undefined) return value;
  if (source === 'user') return value.slice(0, read.length);
  if (source !== 'yyyymm' && (!isDay(source) || read.wire !== undefined)) return value;
  const digits = value.replaceAll('-', '');
  return read.kind === 'integer' ? Number(digits) : digits;
}

export type Constant = string | number | boolean | null;

/** Why a constant is no value of a type: what is. Undefined: it is one. */
export function constantMisfit(type: string, value: Constant): string | undefined {
  const read = readSqlType(type);
  if (read === undefined || value === null) return undefined;
  switch (read.kind) {
    case 'flag':
      return typeof value === 'boolean' ? undefined : 'write true or false';
    case 'integer': {
      const [least, most] = integers[read.name as keyof typeof integers];
      const number = typeof value === 'boolean' ? undefined : readDecimal(value);
      const isIn = number?.places === 0 && number.units >= least && number.units <= most;
      const isExact = typeof value !== 'number' || Number.isSafeInteger(value);
      return isIn && isExact
        ? undefined
        : `write a whole number from ${least} to ${most}, in quotation marks beyond ${Number.MAX_SAFE_INTEGER}`;
    }
    case 'text':
      return typeof value === 'string' && value.length <= read.length
        ? undefined
        : `write a text of at most ${read.length} characters`;
    default:
      return typeof value !== 'boolean' && read.wire?.encode(String(value)) !== undefined
        ? undefined
        : `write ${read.wire?.use}`;
  }
}
