/** Conversions between types, in SQL: left out wherever the stored form stays the same. */

import { errors } from '../errors.ts';
import { isWide } from '../values/stored.ts';
import { decimalSize, family, isUnicode, type SqlType, spokenName } from '../values/types.ts';
import type { Typed } from './context.ts';

const integerOrder = ['bit', 'tinyint', 'smallint', 'int', 'bigint'];

/** Is a stored value of type `from` also one of type `to`, as it is? */
export function sameStored(from: SqlType, to: SqlType): boolean {
  if (from === to) return true;
  const kind = family(from);
  if (kind !== family(to)) {
    return kind === 'integer' && to.name === 'float';
  }
  switch (kind) {
    case 'integer':
      return integerOrder.indexOf(from.name) <= integerOrder.indexOf(to.name);
    case 'float':
      return to.name === 'float';
    case 'decimal': {
      const a = decimalSize(from);
      const b = decimalSize(to);
      // Wide decimals are text with exactly `scale` digits.
      if (isWide(from) !== isWide(to) || (isWide(to) && a.scale !== b.scale)) return false;
      return (
        a.scale <= b.scale &&
        a.precision - a.scale <= b.precision - b.scale &&
        to.name === 'decimal'
      );
    }
    case 'text':
    case 'binary': {
      if (to.name === 'char' || to.name === 'nchar' || to.name === 'binary') return false;
      if (to.name === 'xml' || from.name === 'xml') return false;
      // Letters beyond ASCII take more bytes than one.
      if (kind === 'text' && isUnicode(from) && !isUnicode(to) && to.length !== -1) return false;
      return to.length === -1 || (from.length !== -1 && (from.length ?? 0) <= (to.length ?? 0));
    }
    case 'date':
      return from.name === 'datetime' && to.name === 'datetime2' && to.scale === 3;
    default:
      return false;
  }
}

const classicDate = (type: SqlType) => type.name === 'datetime' || type.name === 'smalldatetime';

/** Conversions that must be asked for: 257, or 206 where there is none at all. */
function checkImplicit(from: SqlType, to: SqlType): void {
  const a = family(from);
  const b = family(to);
  if (a === b || a === 'text') {
    if (a === 'text' && b === 'binary') throw errors.implicitConversion(from.name, to.name);
    return;
  }
  const numeric = (kind: string) => kind === 'integer' || kind === 'decimal' || kind === 'float';
  if (numeric(a) && numeric(b)) return;
  if (a === 'date' && numeric(b)) {
    throw classicDate(from)
      ? errors.implicitConversion(from.name, spokenName(to))
      : errors.operandClash(from.name, spokenName(to));
  }
  if (numeric(a) && b === 'date' && !classicDate(to))
    throw errors.operandClash(spokenName(from), to.name);
  if ((a === 'guid' && numeric(b)) || (numeric(a) && b === 'guid'))
    throw errors.operandClash(spokenName(from), spokenName(to));
  if (a === 'binary' && (b === 'float' || b === 'date'))
    throw errors.implicitConversion(from.name, to.name);
  if (a === 'binary' && b === 'text') throw errors.implicitConversion(from.name, to.name);
  if (a === 'float' && b === 'binary') throw errors.implicitConversion(from.name, to.name);
  if ((a === 'date' && b === 'guid') || (a === 'guid' && b === 'date'))
    throw errors.operandClash(from.name, to.name);
}

export function convertSql(
  value: Typed,
  to: SqlType,
  options: { style?: string; attempt?: boolean; explicit?: boolean } = {},
): Typed {
  const { style, attempt, explicit } = options;
  if (value.isNull) return { sql: 'NULL', type: to, nullable: true };
  if (!explicit && !attempt) checkImplicit(value.type, to);
  if (sameStored(value.type, to)) return { ...value, type: to };
  const name = attempt ? 'ts_try_convert' : 'ts_convert';
  const sql = `${name}(${value.sql},${value.type.index},${to.index}${style === undefined ? '' : `,${style}`})`;
  return {
    sql: attempt && isCheap(value.sql) ? attemptSql(value, to, sql) : sql,
    type: to,
    nullable: value.nullable || attempt === true,
    ...(value.ascii !== undefined && { ascii: value.ascii }),
  };
}

/** What is plain to see needs no user function. */
function attemptSql({ sql, type }: Typed, to: SqlType, otherwise: string): string {
  const known = family(type) === 'text' ? plainValues(sql, to) : '';
  return `CASE${known} WHEN ${sql} IS NOT NULL THEN ${otherwise} END`;
}

function plainValues(sql: string, to: SqlType): string {
  if (to.name === 'bit') return ` WHEN ${sql} = 'true' THEN 1 WHEN ${sql} = 'false' THEN 0`;
  if (to.name !== 'bigint') return '';
  const isDigits = `${sql} NOT GLOB '*[^0-9]*' AND length(${sql}) BETWEEN 1 AND 18`;
  return ` WHEN ${isDigits} THEN CAST(${sql} AS INTEGER)`;
}

/** For a column that is being written: text too long is error 2628, not cut. */
export function assignSql(value: Typed, to: SqlType, table: string, column: string): string {
  if (value.isNull) return 'NULL';
  checkImplicit(value.type, to);
  if (sameStored(value.type, to)) return value.sql;
  const quote = (text: string) => `'${text.replaceAll("'", "''")}'`;
  const checked = `ts_assign(${value.sql},${value.type.index},${to.index},${quote(table)},${quote(column)})`;
  return fitsAsItIs(value.type, to) && isCheap(value.sql)
    ? `CASE WHEN octet_length(${value.sql}) > ${to.length} THEN ${checked} ELSE ${value.sql} END`
    : checked;
}

/** A short text stays the same in a longer type; it has no more letters than bytes of UTF-8. */
const fitsAsItIs = (from: SqlType, to: SqlType) =>
  (from.name === 'nvarchar' || from.name === 'varchar') &&
  (to.name === 'nvarchar' || to.name === 'varchar') &&
  to.length !== undefined &&
  to.length > 0;

/** What may stand there twice: a column or a parameter, or NULLIF of one and a short text. */
export const isCheap = (sql: string) =>
  /^(?:nullif\()?(?:\w+\.)?(?:\w+|"[^"]+"|\?\d+)(?: COLLATE NOCASE,'\w*'\))?$/.test(sql);

export { isUnicode };
