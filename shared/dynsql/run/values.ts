/** A value of a result set to the JSON of the answer. */

import type { ValueKind } from '../../database/sql-types.ts';
import { instantOf, wallClock } from '../../time/zone.ts';
import type { StatementColumn } from '../definition.ts';
import type { Cell } from '../tables/table.ts';
import { fromStored, storedRange } from '../time/dates.ts';

type Write = (value: NonNullable<unknown>) => string;

/**
 * How values of one column are written; made once a column, called once a row. NULL is `null`.
 * Numbers have the digits that the server sent, all of them. Dates are ISO 8601: with a time as an
 * instant in UTC, of milliseconds or of all digits that there are; days of SQL Server's type date
 * as they are.
 *
 * @param kind what the text of the column's values is
 */
export function jsonText(column: StatementColumn, kind?: ValueKind): (value: unknown) => string {
  const write = writerOf(column, kind);
  return (value) => (value === null || value === undefined ? 'null' : write(value));
}

/** The same for cells of a table, where a number that the driver has as one stays one. */
export function cellText(column: StatementColumn, kind?: ValueKind): (value: unknown) => Cell {
  const write = jsonText(column, kind);
  if (!numeric.has(column.datatype.toLowerCase())) return write;
  return (value) => (Number.isFinite(value) ? (value as number) : write(value));
}

const numeric = new Set(['dtinteger', 'dtfloat', 'dtcurrency']);

function writerOf({ datatype, zone }: StatementColumn, kind: ValueKind | undefined): Write {
  switch (datatype.toLowerCase()) {
    case 'dtstring':
    case 'dtmemo':
    case 'dtnote':
    case 'dtid':
      return kind === 'moment' ? momentWriter('moment', zone) : string;
    case 'dtinteger':
    case 'dtfloat':
    case 'dtcurrency':
      return number;
    case 'dtboolean':
      return kind === 'number' ? (value) => boolean(Number(value)) : boolean;
    case 'dtdate':
      return dayWriter(kind, zone);
    case 'dtdatetime':
    case 'dttimestamp':
      return momentWriter(kind, zone);
    case 'dttime':
      return timeWriter(kind, zone);
    default:
      return undeclared(kind, zone);
  }
}

/** Of a data type that we do not know, as the server has it. */
function undeclared(kind: ValueKind | undefined, zone: string): Write {
  switch (kind) {
    case 'number':
      return number;
    case 'clock':
    case 'moment':
      return momentWriter(kind, zone);
    default:
      return anything;
  }
}

function string(value: NonNullable<unknown>): string {
  if (typeof value === 'string') return JSON.stringify(value);
  return JSON.stringify(Buffer.isBuffer(value) ? value.toString('base64') : String(value));
}

/** As JSON has it: nearly all that a server sends. */
const json = /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/;

const plain = /^(-?)0*(\d+(?:\.\d+)?)$/;

/** Text that is a number is written as one, digit for digit. */
function number(value: NonNullable<unknown>): string {
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : 'null';
  if (typeof value === 'boolean') return value ? '1' : '0';
  if (typeof value === 'string' && json.test(value)) return value;
  const text = String(value).trim();
  const [, sign, digits] = plain.exec(text) ?? [];
  if (digits !== undefined) return `${sign}${digits}`;
  const other = Number(text);
  return Number.isFinite(other) && text !== '' ? String(other) : JSON.stringify(String(value));
}

/** `A` (ano) and `N` (ne) are how ABRA stores them. */
function boolean(value: NonNullable<unknown>): string {
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  const text = String(value).trim().toUpperCase();
  if (['A', '1', 'TRUE'].includes(text)) return 'true';
  return ['N', '0', 'FALSE', ''].includes(text) ? 'false' : JSON.stringify(text);
}

/** The day of a date with a time; of a moment, the zone's. */
function dayWriter(kind: ValueKind | undefined, zone: string): Write {
  switch (kind) {
    case 'day':
    case 'clock':
      return (value) => `"${String(value).slice(0, 10)}"`;
    case 'moment':
      return (value) => `"${wallText(value, zone).slice(0, 10)}"`;
    default:
      return stored(kind, (wall) => new Date(instantOf(wall, zone)).toISOString());
  }
}

/** A day of the type date begins at its midnight in the zone. */
function momentWriter(kind: ValueKind | undefined, zone: string): Write {
  switch (kind) {
    case 'day':
    case 'clock':
      return (value) => {
        const { milliseconds, rest } = read(String(value));
        return `"${instantText(instantOf(milliseconds, zone), rest)}"`;
      };
    case 'moment':
      return (value) => {
        const { milliseconds, rest } = read(String(value));
        return `"${instantText(milliseconds, rest)}"`;
      };
    default:
      return stored(kind, (wall) => new Date(instantOf(wall, zone)).toISOString());
  }
}

/**
 * The type time is written whole, its decimals where there are some; of a day and a time the hour,
 * minute and second.
 */
function timeWriter(kind: ValueKind | undefined, zone: string): Write {
  switch (kind) {
    case 'day':
      return () => '"00:00:00"';
    case 'time':
      return (value) => `"${String(value).replace(/\.0+$/, '')}"`;
    case 'clock':
      return (value) => `"${String(value).slice(11, 19)}"`;
    case 'moment':
      return (value) => `"${wallText(value, zone).slice(11, 19)}"`;
    default:
      return stored(kind, (wall) => new Date(wall).toISOString().slice(11, 19));
  }
}

/** Stored dates are days since 1899-12-30; what is none is written as it is. */
function stored(kind: ValueKind | undefined, write: (wall: number) => string): Write {
  const { first, last } = storedRange;
  return (value) => {
    const days = kind === 'number' ? Number(value) : value;
    const isStored = typeof days === 'number' && days >= first && days < last;
    if (isStored) return `"${write(fromStored(days))}"`;
    return kind === 'number' ? number(value) : anything(value);
  };
}

function anything(value: NonNullable<unknown>): string {
  if (typeof value === 'number') return number(value);
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  return string(value);
}

/**
 * A day, or a day and a time, as the value reader has them.
 *
 * @returns milliseconds since 1970 of the moment, or of what the clock shows read as UTC, and the
 *   digits beyond them
 */
function read(text: string): { milliseconds: number; rest: string } {
  if (text.length <= 10) return { milliseconds: Date.parse(text), rest: '' };
  const zone = /[+-]\d\d:\d\d$/.exec(text)?.[0] ?? '';
  const end = text.length - zone.length;
  const milliseconds = Date.parse(`${text.slice(0, Math.min(23, end))}${zone || 'Z'}`);
  return { milliseconds, rest: text.slice(23, end) };
}

/** With three decimals; with all that there are, where the others are not 0. */
function instantText(milliseconds: number, rest: string): string {
  const text = new Date(milliseconds).toISOString();
  return /[1-9]/.test(rest) ? `${text.slice(0, -1)}${rest}Z` : text;
}

/** A moment as the zone's clock shows it. */
function wallText(value: NonNullable<unknown>, zone: string): string {
  return new Date(wallClock(read(String(value)).milliseconds, zone)).toISOString();
}
