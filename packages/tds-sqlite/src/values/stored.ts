/**
 * How values lie in SQLite, so that its own comparison, order and indexes are right:
 *
 * | type | stored as |
 * | --- | --- |
 * | bit, tinyint … bigint | INTEGER |
 * | decimal of at most 15 digits | number (a double holds 15 digits exactly) |
 * | wider decimal, money | TEXT with all its digits; compared and summed by user functions |
 * | real, float | REAL |
 * | text, xml | TEXT; declared COLLATE NOCASE |
 * | binary | BLOB |
 * | uniqueidentifier | TEXT, upper case |
 * | date | `2019-07-31` |
 * | time(n) | `23:59:59` and n digits |
 * | datetime, datetime2(n), smalldatetime | `2019-07-31T23:59:59` and 3, n, no digits |
 * | datetimeoffset(n) | the same with `+02:00`; compared by user functions |
 */

import type { SqlValue } from '../procedure.ts';
import { decimalOf } from './convert.ts';
import { formatDecimal, rescale } from './decimal.ts';
import { family, type SqlType } from './types.ts';

export type Stored = null | number | bigint | string | Uint8Array;

/** Digits that a double keeps exactly. */
const doubleDigits = 15;

/** Decimals that SQLite's own arithmetic would spoil. */
export const isWide = (type: SqlType) =>
  family(type) === 'decimal' && (type.precision ?? 38) > doubleDigits;

export function toStored(value: SqlValue, type: SqlType): Stored {
  if (value === null) return null;
  switch (family(type)) {
    case 'integer':
      return BigInt(value as number);
    case 'float':
      return Number(value);
    case 'decimal':
      return isWide(type) ? String(value) : Number(value);
    case 'binary':
      return value as Uint8Array;
    default:
      return String(value);
  }
}

/** Forgives what procedures write with SQL of their own: numbers as text, dates with `Z`. */
export function fromStored(raw: Stored, type: SqlType): SqlValue {
  if (raw === null) return null;
  switch (type.name) {
    case 'bit':
      return Number(raw) !== 0;
    case 'bigint':
      return typeof raw === 'bigint' ? raw : BigInt(Math.trunc(Number(raw)));
    case 'tinyint':
    case 'smallint':
    case 'int':
    case 'real':
    case 'float':
      return Number(raw);
    case 'decimal':
    case 'money':
    case 'smallmoney':
      return formatDecimal(rescale(decimalOf(raw), type.scale ?? 0));
    case 'binary':
    case 'varbinary':
      return typeof raw === 'string' ? Buffer.from(raw) : (raw as Uint8Array);
    default:
      return String(raw);
  }
}

/** The column type in SQLite's CREATE TABLE: the T-SQL type, spelt for the right affinity. */
export function declaredType(type: SqlType): string {
  switch (type.name) {
    case 'nvarchar':
    case 'varchar':
    case 'varbinary':
      return `${type.name}(${type.length})`;
    case 'money':
    case 'smallmoney':
    case 'xml':
      return `text_${type.text}`;
    case 'decimal':
      return isWide(type) ? `text_${type.text}` : type.text;
    default:
      return type.text;
  }
}

/** The T-SQL type behind a declared SQLite type, for tables that a procedure made itself. */
export function typeTextOf(declared: string): string {
  const text = declared
    .toLowerCase()
    .replace(/^text_/, '')
    .replace('(-1)', '(max)');
  if (text === '' || text === 'blob') return 'varbinary(max)';
  return text === 'text' ? 'nvarchar(max)' : text === 'integer' ? 'bigint' : text;
}
