/** Whether what a catalogue passes goes into a procedure's parameter, as SQL Server converts. */

import { readSqlType, type TypeKind } from '../../catalog/sql-type.ts';
import { readDecimal } from '../../json/decimal.ts';
import type { WantedParameter } from './wanted.ts';

/** As in sys.parameters. */
export interface ServerParameter {
  /** Without `@`. */
  name: string;
  /** Of the system: `nvarchar`. */
  type: string;
  /** In bytes; -1: max. */
  maxLength: number;
  precision: number;
  scale: number;
  isOutput: boolean;
  /** Undefined: nobody can see it. */
  hasDefault: boolean | undefined;
}

type Family =
  | 'text'
  | 'integer'
  | 'flag'
  | 'decimal'
  | 'float'
  | 'day'
  | 'moment'
  | 'any'
  | 'other';

const families: Readonly<Record<string, Family>> = {
  ...Object.fromEntries(
    ['char', 'varchar', 'nchar', 'nvarchar', 'text', 'ntext'].map((name) => [name, 'text']),
  ),
  ...Object.fromEntries(['tinyint', 'smallint', 'int', 'bigint'].map((name) => [name, 'integer'])),
  ...Object.fromEntries(
    ['decimal', 'numeric', 'money', 'smallmoney'].map((name) => [name, 'decimal']),
  ),
  ...Object.fromEntries(
    ['smalldatetime', 'datetime', 'datetime2', 'datetimeoffset'].map((name) => [name, 'moment']),
  ),
  bit: 'flag',
  float: 'float',
  real: 'float',
  date: 'day',
  sql_variant: 'any',
};

/** In bytes of a whole number; all but tinyint have a sign. */
const integerBytes: Readonly<Record<string, number>> = {
  tinyint: 1,
  smallint: 2,
  int: 4,
  bigint: 8,
};

/** Longest texts that SQL Server makes of dates: `2024-02-29`, and with the time of day. */
const dayLength = 10;
const momentLength = 27;

/** `varchar(4)`, `decimal(12, 2)`, as it would be declared. */
export function typeText({ type, maxLength, precision, scale }: ServerParameter): string {
  if (/^n?(var)?char$|binary$/.test(type)) {
    const length = type.startsWith('n') ? maxLength / 2 : maxLength;
    return `${type}(${maxLength === -1 ? 'max' : length})`;
  }
  if (type === 'decimal' || type === 'numeric') return `${type}(${precision}, ${scale})`;
  return ['datetime2', 'datetimeoffset', 'time'].includes(type) ? `${type}(${scale})` : type;
}

/** How long a text goes in, in characters. */
const roomOf = ({ type, maxLength }: ServerParameter) =>
  maxLength === -1 || /text$/.test(type)
    ? Number.POSITIVE_INFINITY
    : maxLength / (type.startsWith('n') ? 2 : 1);

/** Why it does not go in; undefined: it does. */
export function parameterMisfit(
  wanted: WantedParameter,
  there: ServerParameter,
): string | undefined {
  if (wanted.output && !there.isOutput) return 'is no OUTPUT parameter there';
  const given = readSqlType(wanted.type);
  if (given === undefined) return undefined;
  const family = families[there.type] ?? 'other';
  if (family === 'any') return undefined;
  if (wanted.output && given.kind === 'text' && family === 'text' && given.length < roomOf(there)) {
    return 'what comes back would be cut';
  }
  const values = wanted.values && [...wanted.values].filter((value) => value !== null);
  // Nothing is passed but NULL, which goes in everywhere.
  if (values?.length === 0) return undefined;
  const rules: Record<TypeKind, () => string | undefined> = {
    text: () => textMisfit(values?.map(String), given.length, family, there),
    integer: () => numberMisfit(values?.map(String) ?? [], family, there),
    decimal: () => numberMisfit(values?.map(String) ?? [], family, there),
    flag: () => (isDate(family) || family === 'other' ? clash : undefined),
    day: () => dateMisfit(dayLength, family, there),
    moment: () => dateMisfit(momentLength, family, there),
  };
  return rules[given.kind]();
}

const clash = 'SQL Server does not convert the one to the other';

const isDate = (family: Family) => family === 'day' || family === 'moment';

function textMisfit(
  values: readonly string[] | undefined,
  length: number,
  family: Family,
  there: ServerParameter,
): string | undefined {
  if (family === 'text') {
    const longest = values?.toSorted((a, b) => b.length - a.length)[0];
    const room = roomOf(there);
    if ((longest?.length ?? length) <= room) return undefined;
    return `${longest === undefined ? 'texts' : JSON.stringify(longest)} would be cut`;
  }
  if (family === 'other') return clash;
  const isIn = isDate(family) ? isDayText : isNumberText;
  const odd = values?.find((value) => !isIn(value));
  if (odd !== undefined) return `${JSON.stringify(odd)} does not become ${aOf(there)}`;
  if (values === undefined) return `not every text becomes ${aOf(there)}`;
  return isDate(family) ? undefined : numberMisfit(values, family, there);
}

const isDayText = (value: string) => /^\d{8}$|^\d{4}-\d\d-\d\d(T|$)/.test(value);
const isNumberText = (value: string) => readDecimal(value) !== undefined;
const aOf = (there: ServerParameter) => `${/^[aeiou]/.test(there.type) ? 'an' : 'a'} ${there.type}`;

function numberMisfit(
  values: readonly string[],
  family: Family,
  there: ServerParameter,
): string | undefined {
  if (isDate(family)) {
    const counts = there.type.endsWith('datetime');
    return counts ? 'a number would be counted as days since 1900' : clash;
  }
  if (family === 'other') return clash;
  for (const value of values) {
    if (!holds(value, family, there)) return `${value} does not go in`;
  }
  return undefined;
}

function holds(value: string, family: Family, there: ServerParameter): boolean {
  if (family === 'text') return value.length <= roomOf(there);
  const number = readDecimal(value);
  if (number === undefined || family === 'flag' || family === 'float') return true;
  const { units, places } = number;
  if (family === 'decimal') {
    return (
      places <= there.scale &&
      String(units).replace('-', '').length - places <= there.precision - there.scale
    );
  }
  const bits = BigInt((integerBytes[there.type] ?? 8) * 8);
  const [least, most] =
    there.type === 'tinyint' ? [0n, 255n] : [-(2n ** (bits - 1n)), 2n ** (bits - 1n) - 1n];
  return places === 0 && units >= least && units <= most;
}

function dateMisfit(length: number, family: Family, there: ServerParameter): string | undefined {
  if (isDate(family)) return undefined;
  if (family !== 'text') return clash;
  return roomOf(there) >= length ? undefined : 'a date would be cut';
}
