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
  if (isExact(collation)) {
    // A column's own index serves; blanks at a literal's end are in none of its values.
    const isKept = left.column && right.column ? true : left.ascii || right.ascii;
    if (equality && isKept && !left.isCollated && !right.isCollated) {
      return `${left.sql} ${operator} ${right.sql} COLLATE BINARY`;
    }
    return `${exactKey(left)} ${operator} ${exactKey(right)}`;
  }
  const isPadded = left.type.name.endsWith('char') && !left.type.name.includes('var');
  const otherPadded = right.type.name.endsWith('char') && !right.type.name.includes('var');
  const unfit = left.ascii === false || right.ascii === false;
  const plain = equality && !isPadded && !otherPadded && !unfit;
  const bothColumns = left.column && right.column;
  if (plain && (left.ascii || right.ascii || bothColumns)) {
    return `${left.sql} ${operator} ${right.sql} COLLATE NOCASE`;
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

/** What to group or tell apart by. */
export function distinctKey(value: Typed): string {
  if (family(value.type) !== 'text') return value.sql;
  return `${value.sql} COLLATE ${value.exact ? 'BINARY' : 'NOCASE'}`;
}
