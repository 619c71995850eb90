/** Comparison and order of two values as SQL Server's default collation and types have it. */

import { errors } from '../errors.ts';
import type { Comparison } from '../syntax/ast.ts';
import { defaultCollation, isExact, localeOf } from '../values/collation.ts';
import { isWide } from '../values/stored.ts';
import { commonType, family, isNumeric, type SqlType } from '../values/types.ts';
import type { Typed } from './context.ts';
import { convertSql } from './convert-sql.ts';

/** SQLite compares numbers of any kind by value, unless one is a wide decimal's text. */
const comparableAsStored = (left: SqlType, right: SqlType) =>
  isNumeric(left) && isNumeric(right) && !isWide(left) && !isWide(right);

export function compareSql(operator: Comparison, left: Typed, right: Typed): string {
  if (left.isNull || right.isNull) return `${left.sql} ${operator} ${right.sql}`;
  if (comparableAsStored(left.type, right.type)) return `${left.sql} ${operator} ${right.sql}`;
  if (isNumeric(left.type) && isNumeric(right.type)) {
    return `ts_decimal_compare(${left.sql},${right.sql}) ${operator} 0`;
  }
  const type = commonType(left.type, right.type);
  if (type.name === 'xml') throw errors.operandTypes(left.type.name, right.type.name, 'equal to');
  if (family(type) === 'text') return compareText(operator, left, right);
  const a = convertSql(left, type);
  const b = convertSql(right, type);
  if (isWide(type)) return `ts_decimal_compare(${a.sql},${b.sql}) ${operator} 0`;
  if (type.name === 'datetimeoffset') return `ts_utc(${a.sql}) ${operator} ts_utc(${b.sql})`;
  return `${a.sql} ${operator} ${b.sql}`;
}

/**
 * SQLite's NOCASE (and so an index) serves while one side is known to be ASCII: such a text equals
 * none with other letters. Otherwise both sides are folded, which no index serves. Two columns are
 * compared by NOCASE too: between columns, letters beyond ASCII differ by case.
 */
function compareText(operator: Comparison, left: Typed, right: Typed): string {
  const collation = commonCollation(operator, left, right);
  const equality = operator === '=' || operator === '<>';
  // What joins two tables is found by an index, if need be by one that SQLite makes for it.
  const bothColumns = left.column !== undefined && right.column !== undefined;
  if (isExact(collation)) {
    const isKept = bothColumns || left.ascii || right.ascii;
    if (equality && isKept && !left.isCollated && !right.isCollated) {
      const [one, other] = bothColumns ? [left.sql, right.sql] : [unpadded(left), unpadded(right)];
      return `${one} ${operator} ${other} COLLATE BINARY`;
    }
    return `${exactKey(left)} ${operator} ${exactKey(right)}`;
  }
  const unfit = left.ascii === false || right.ascii === false;
  const plain = equality && !isFixed(left.type) && !isFixed(right.type) && !unfit;
  if (plain && (left.ascii || right.ascii || bothColumns)) {
    const [one, other] = bothColumns ? [left.sql, right.sql] : [unpadded(left), unpadded(right)];
    return `${one} ${operator} ${other} COLLATE NOCASE`;
  }
  if (!equality) {
    return `${sortSql(collation, left)} ${operator} ${sortSql(collation, right)}`;
  }
  return `ts_fold(${left.sql}) ${operator} ts_fold(${right.sql})`;
}

/** Of what COLLATE asks for, else of the columns. @throws 468 */
function commonCollation(operator: Comparison, left: Typed, right: Typed): string {
  const asked = left.isCollated ? left : right.isCollated ? right : undefined;
  if (asked?.collation !== undefined) return asked.collation;
  const of = (value: Typed) => value.collation ?? defaultCollation;
  const isConflict = of(left).toLowerCase() !== of(right).toLowerCase();
  if (left.column && right.column && isConflict) {
    throw errors.collationConflict(of(right), of(left), operations[operator] ?? operator);
  }
  return left.collation ?? right.collation ?? defaultCollation;
}

/** As error 468 calls them. */
const operations: Readonly<Record<string, string>> = {
  '=': 'equal to',
  '<>': 'not equal to',
  '<': 'less than',
  '<=': 'less than or equal to',
  '>': 'greater than',
  '>=': 'greater than or equal to',
};

const sortSql = (collation: string, value: Typed) =>
  `ts_sort('${localeOf(collation)}',${value.sql})`;

/** Letters by their code points, which is SQLite's own order; blanks at the end don't count. */
const exactKey = (value: Typed) => `rtrim(${value.sql},' ') COLLATE BINARY`;

/** What to sort by. */
export function orderKey(value: Typed): string {
  if (value.exact) return exactKey(value);
  if (family(value.type) === 'text') return sortSql(value.collation ?? defaultCollation, value);
  if (isWide(value.type)) return `ts_decimal_key(${value.sql})`;
  if (value.type.name === 'datetimeoffset') return `ts_utc(${value.sql})`;
  return value.sql;
}

/** A value as it is, with how it is compared. */
export function collatedSql(value: Typed): string {
  if (family(value.type) !== 'text') return value.sql;
  return `${value.sql} COLLATE ${value.exact ? 'BINARY' : 'NOCASE'}`;
}

/** What to group or tell apart by. */
export const distinctKey = (value: Typed): string =>
  collatedSql({ ...value, sql: unpadded(value) });

/** Whether a text may have blanks at its end that do not count; those of a key are as they are. */
export const isPadded = (value: Typed): boolean =>
  family(value.type) === 'text' && !isFixed(value.type) && !value.inKey && value.ascii !== true;

/** Without blanks at the end, where nothing is found by them. */
export const unpadded = (value: Typed): string =>
  isPadded(value) ? `rtrim(${value.sql},' ')` : value.sql;

/** Its texts are all of one length. */
const isFixed = ({ name }: SqlType): boolean => name === 'char' || name === 'nchar';
