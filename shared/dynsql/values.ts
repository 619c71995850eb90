/** A value of a result set to the JSON of the answer. */

import { fromStored, storedRange } from './dates.ts';
import type { StatementColumn } from './types.ts';
import { instantOf, wallClock } from './zone.ts';

type Write = (value: NonNullable<unknown>) => string;

/**
 * How values of one column are written; made once a column, called once a row. NULL is `null`;
 * dates are ISO 8601: with a time as an instant in UTC, days of SQL Server's type date as they are.
 *
 * @param isMoment the type is datetimeoffset: a Date is a moment, not a reading of the zone's clock
 */
export function jsonText(column: StatementColumn, isMoment = false): (value: unknown) => string {
  const write = isMoment ? momentWriterOf(column) : writerOf(column);
  return (value) => (value === null || value === undefined ? 'null' : write(value));
}

function writerOf({ datatype, zone }: StatementColumn): Write {
  switch (datatype.toLowerCase()) {
    case 'dtstring':
    case 'dtmemo':
    case 'dtnote':
    case 'dtid':
      return (value) => JSON.stringify(plainText(value));
    case 'dtinteger':
    case 'dtfloat':
    case 'dtcurrency':
      return number;
    case 'dtboolean':
      return boolean;
    case 'dtdate':
      return (value) => date(value, zone);
    case 'dtdatetime':
    case 'dttimestamp':
      return (value) => moment(value, zone);
    case 'dttime':
      return time;
    default:
      return anything;
  }
}

/** Moments need the zone for the day and the time of day only. */
function momentWriterOf(column: StatementColumn): Write {
  const write = writerOf(column);
  switch (column.datatype.toLowerCase()) {
    case 'dtdate':
    case 'dttime':
      return (value) => write(value instanceof Date ? wallDate(value, column.zone) : value);
    case 'dtdatetime':
    case 'dttimestamp':
      return anything;
    default:
      return write;
  }
}

const wallDate = (moment: Date, zone: string) => new Date(wallClock(moment.getTime(), zone));

function plainText(value: NonNullable<unknown>): string {
  if (typeof value === 'string') return value;
  if (value instanceof Date) return value.toISOString();
  return Buffer.isBuffer(value) ? value.toString('base64') : String(value);
}

/** The driver gives a bigint as text; what JSON's numbers cannot hold stays text. */
function number(value: NonNullable<unknown>): string {
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : 'null';
  if (typeof value === 'boolean') return value ? '1' : '0';
  const text = String(value);
  const plain = Number(text);
  const isExact = /^-?\d+$/.test(text) ? Number.isSafeInteger(plain) : Number.isFinite(plain);
  return isExact && text.trim() !== '' ? String(plain) : JSON.stringify(text);
}

/** `A` (ano) and `N` (ne) are how ABRA stores them. */
function boolean(value: NonNullable<unknown>): string {
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  const text = String(value).trim().toUpperCase();
  if (['A', '1', 'TRUE'].includes(text)) return 'true';
  return ['N', '0', 'FALSE', ''].includes(text) ? 'false' : JSON.stringify(text);
}

function date(value: NonNullable<unknown>, zone: string): string {
  // A day of SQL Server's type date is read as its midnight in UTC.
  if (value instanceof Date) return JSON.stringify(value.toISOString().slice(0, 10));
  return moment(value, zone);
}

function moment(value: NonNullable<unknown>, zone: string): string {
  return dateText(value, (wall) => new Date(instantOf(wall, zone)).toISOString());
}

function time(value: NonNullable<unknown>): string {
  return dateText(value, (wall) => new Date(wall).toISOString().slice(11, 19));
}

/** What is neither a date nor a stored one is written as it is. */
function dateText(value: NonNullable<unknown>, write: (wall: number) => string): string {
  if (value instanceof Date) return JSON.stringify(write(value.getTime()));
  const { first, last } = storedRange;
  const isStored = typeof value === 'number' && value >= first && value < last;
  return isStored ? JSON.stringify(write(fromStored(value))) : anything(value);
}

function anything(value: NonNullable<unknown>): string {
  if (typeof value === 'number') return number(value);
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  return JSON.stringify(plainText(value));
}
