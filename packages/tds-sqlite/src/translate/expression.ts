/** Expressions to SQLite's SQL, with their T-SQL types. */

import { errors } from '../errors.ts';
import type { BinaryOperator, Condition, Expression, FunctionCall } from '../syntax/ast.ts';
import { defaultCollation, isCollation, isExact } from '../values/collation.ts';
import { convert } from '../values/convert.ts';
import {
  boundedDecimal,
  commonType,
  decimalSize,
  family,
  isNumeric,
  isUnicode,
  type SqlType,
  spokenName,
  sqlType,
  types,
} from '../values/types.ts';
import { aggregateOrWindow, isAggregate, isWindowFunction } from './aggregates.ts';
import { commonOf, scalarCall } from './calls.ts';
import { findColumn } from './columns.ts';
import { compareSql } from './compare.ts';
import { conditionSql } from './condition.ts';
import type { Scope, Translation, Typed } from './context.ts';
import { convertSql } from './convert-sql.ts';

export function translateExpression(context: Translation, scope: Scope, node: Expression): Typed {
  const { grouping } = scope;
  if (grouping && !scope.insideAggregate && grouping.keys.size > 0 && mayBeKey(node)) {
    const { grouping: _, ...plain } = scope;
    const whole = translate(context, { ...plain, aggregates: true, windows: true }, node);
    if (grouping.keys.has(whole.sql)) return whole;
  }
  return translate(context, scope, node);
}

/** Only these can be the text of a GROUP BY expression. */
const mayBeKey = (node: Expression) =>
  node.kind !== 'literal' && node.kind !== 'variable' && node.kind !== 'null';

function translate(context: Translation, scope: Scope, node: Expression): Typed {
  switch (node.kind) {
    case 'literal':
      return literal(context, node);
    case 'null':
      return { sql: 'NULL', type: types.int, nullable: true, isNull: true };
    case 'default':
      throw errors.syntaxNearKeyword('DEFAULT');
    case 'variable':
      return variable(context, node.name);
    case 'column':
      return column(scope, node.name);
    case 'unary':
      return unary(context, scope, node.operator, node.operand);
    case 'binary':
      return binary(
        node.operator,
        context.expression(scope, node.left),
        context.expression(scope, node.right),
      );
    case 'case':
      return caseSql(context, scope, node);
    case 'cast': {
      const style = node.style && convertSql(context.expression(scope, node.style), types.int).sql;
      const operand = context.expression(scope, node.operand);
      return convertSql(operand, node.type, {
        explicit: true,
        attempt: node.attempt,
        ...(style !== undefined && { style }),
      });
    }
    case 'call':
      return call(context, scope, node);
    case 'subquery':
      return subquery(context, scope, node);
    case 'collate': {
      const operand = context.expression(scope, node.operand);
      if (family(operand.type) !== 'text')
        throw errors.operandInvalid(operand.type.name, 'COLLATE');
      return { ...operand, ...explicitly(node.collation) };
    }
    case 'atTimeZone': {
      const operand = context.expression(scope, node.operand);
      const zone = context.expression(scope, node.zone);
      if (!/utc/i.test(zone.sql) && zone.ascii === undefined)
        throw errors.invalidUse('AT TIME ZONE');
      return {
        sql: `ts_todatetimeoffset(${types.datetimeoffset.index},${operand.sql},'+00:00')`,
        type: types.datetimeoffset,
        nullable: true,
      };
    }
    default:
      // A condition where a value belongs: the parser lets none through.
      return {
        sql: conditionSql(context, scope, node as Condition),
        type: types.bit,
        nullable: true,
      };
  }
}

function call(context: Translation, scope: Scope, node: FunctionCall): Typed {
  if (isAggregate(node.name) || isWindowFunction(node.name))
    return aggregateOrWindow(context, scope, node);
  return scalarCall(context, scope, node);
}

const isAscii = (text: string) => /^[\0-\x7f]*$/.test(text);

/** Longer literals travel as parameters: SQLite's SQL has a size limit and ends at a NUL. */
const longestInline = 1000;

function literal(context: Translation, node: Extract<Expression, { kind: 'literal' }>): Typed {
  const { text } = node;
  switch (node.type) {
    case 'string':
    case 'nstring': {
      const long = text.length > longestInline || text.includes('\0');
      const sql = long ? context.bind(text) : `'${text.replaceAll("'", "''")}'`;
      const type = sqlType(node.type === 'string' ? 'varchar' : 'nvarchar', text.length);
      return { sql, type, nullable: false, ascii: isAscii(text) && !text.endsWith(' ') };
    }
    case 'binary': {
      const digits = text.length % 2 ? `0${text}` : text;
      const sql =
        digits.length > longestInline ? context.bind(Buffer.from(digits, 'hex')) : `x'${digits}'`;
      return { sql, type: sqlType('varbinary', digits.length / 2), nullable: false };
    }
    case 'money': {
      // Exponents have no place after a currency sign.
      const value = convert(text, types.varcharMax, types.money);
      return { sql: `'${value}'`, type: types.money, nullable: false };
    }
    default:
      return numberLiteral(text);
  }
}

function numberLiteral(text: string): Typed {
  if (/e/i.test(text)) {
    const value = Number(/e[+-]?$/i.test(text) ? `${text}0` : text);
    if (!Number.isFinite(value)) throw errors.overflowExpression('float');
    return {
      sql: Number.isInteger(value) ? `${value.toExponential()}` : String(value),
      type: types.float,
      nullable: false,
      literal: value,
    };
  }
  const [whole = '', fraction] = text.split('.');
  if (fraction === undefined && BigInt(whole) <= 2147483647n) {
    return { sql: String(BigInt(whole)), type: types.int, nullable: false, literal: Number(whole) };
  }
  const digits = whole.replace(/^0+/, '');
  const scale = fraction?.length ?? 0;
  const precision = Math.max(digits.length + scale, 1);
  if (precision > 38) throw errors.overflow('expression', 'numeric');
  const plain = `${digits || '0'}${fraction ? `.${fraction}` : ''}`;
  const type = sqlType('decimal', precision, scale);
  return {
    sql: precision > 15 ? `'${plain}'` : plain,
    type,
    nullable: false,
    literal: Number(plain),
  };
}

function variable(context: Translation, name: string): Typed {
  const { type, value } =
    (name.startsWith('@@') ? context.environment.global(name) : undefined) ??
    context.environment.variable(name);
  const sql = context.bindValue(value, type, name.toLowerCase());
  return {
    sql,
    type,
    nullable: true,
    ...(typeof value === 'string' && { ascii: isAscii(value) && !value.endsWith(' ') }),
  };
}

function column(scope: Scope, name: string[]): Typed {
  const { value, owner } = findColumn(scope, name);
  const { grouping } = owner;
  if (
    grouping &&
    owner.sources === scope.sources &&
    !scope.insideAggregate &&
    !grouping.keys.has(value.sql)
  ) {
    const shown = value.column
      ? `${value.column.source.alias}.${value.column.name}`
      : name.join('.');
    if (grouping.clause === 'having') throw errors.havingNotInGroupBy(shown);
    if (grouping.clause === 'order') throw errors.orderNotInGroupBy(shown);
    throw errors.notInGroupBy(shown);
  }
  return value;
}

function unary(
  context: Translation,
  scope: Scope,
  operator: '-' | '+' | '~',
  node: Expression,
): Typed {
  const operand = context.expression(scope, node);
  if (operator === '+') return operand;
  const { type } = operand;
  if (operator === '~') {
    if (family(type) !== 'integer') throw errors.operandInvalid(spokenName(type), '~');
    return {
      sql: type.name === 'bit' ? `(NOT ${operand.sql})` : `(~${operand.sql})`,
      type,
      nullable: operand.nullable,
    };
  }
  if (operand.isNull) return operand;
  if (!isNumeric(type) || type.name === 'bit') {
    if (family(type) === 'text')
      return binary('-', { sql: '0', type: types.int, nullable: false }, operand);
    throw errors.operandInvalid(spokenName(type), 'minus');
  }
  if (operand.literal !== undefined && !operand.sql.startsWith("'")) {
    return { ...operand, sql: `-${operand.sql.replace(/^-/, '')}`, literal: -operand.literal };
  }
  const result = type.name === 'tinyint' ? types.smallint : type;
  return {
    sql: `ts_arithmetic('-',0,${operand.sql},${result.index})`,
    type: result,
    nullable: operand.nullable,
  };
}

const spoken: Record<BinaryOperator, string> = {
  '+': 'add',
  '-': 'subtract',
  '*': 'multiply',
  '/': 'divide',
  '%': 'modulo',
  '&': "'&'",
  '|': "'|'",
  '^': "'^'",
};

function binary(operator: BinaryOperator, left: Typed, right: Typed): Typed {
  const nullable = left.nullable || right.nullable;
  const kinds = [family(left.type), family(right.type)];
  const untyped = left.isNull || right.isNull;
  if (operator === '+' && kinds.every((kind) => kind === 'text' || kind === 'binary') && !untyped)
    return concatenate(left, right);
  if (operator === '+' && untyped && kinds.includes('text'))
    return { sql: 'NULL', type: left.isNull ? right.type : left.type, nullable: true };
  if (kinds.includes('decimal') && kinds.includes('text') && !untyped) {
    // Text becomes the very type of the number it meets.
    const [a, b] =
      kinds[0] === 'text'
        ? [convertSql(left, right.type, { explicit: true }), right]
        : [left, convertSql(right, left.type, { explicit: true })];
    return binary(operator, a, b);
  }
  const type = arithmeticType(operator, left, right);
  const a = operand(left, type);
  const b = operand(right, type);
  return { sql: `ts_arithmetic('${operator}',${a},${b},${type.index})`, type, nullable };
}

/** Text becomes the number (or date) it meets; numbers stay as stored. */
function operand(value: Typed, type: SqlType): string {
  if (value.isNull || family(value.type) === family(type) || isNumeric(value.type))
    return value.sql;
  return convertSql(value, type, { explicit: true }).sql;
}

function concatenate(left: Typed, right: Typed): Typed {
  const bytes = family(left.type) === 'binary' && family(right.type) === 'binary';
  const unicode = isUnicode(left.type) || isUnicode(right.type);
  const lengths = [left.type.length ?? -1, right.type.length ?? -1];
  const most = unicode ? 4000 : 8000;
  const total = lengths.includes(-1) ? -1 : Math.min((lengths[0] ?? 0) + (lengths[1] ?? 0), most);
  const type = sqlType(bytes ? 'varbinary' : unicode ? 'nvarchar' : 'varchar', total);
  const joined = `(${left.sql}||${right.sql})`;
  return {
    sql: bytes ? `CAST(${joined} AS BLOB)` : joined,
    type,
    nullable: left.nullable || right.nullable,
    ...(left.ascii !== undefined &&
      right.ascii !== undefined && { ascii: left.ascii && right.ascii }),
  };
}

function arithmeticType(operator: BinaryOperator, left: Typed, right: Typed): SqlType {
  if (left.isNull) return right.isNull ? types.int : right.type;
  if (right.isNull) return left.type;
  const type = commonType(left.type, right.type);
  const kind = family(type);
  const bitwise = '&|^'.includes(operator);
  if (kind === 'text' || kind === 'guid')
    throw errors.operandTypes(left.type.name, right.type.name, spoken[operator]);
  if (kind === 'date') {
    if (type.name !== 'datetime' && type.name !== 'smalldatetime') {
      const both = family(left.type) === 'date' && family(right.type) === 'date';
      throw both
        ? errors.operandInvalid(left.type.name, spoken[operator])
        : errors.operandClash(
            spokenName(family(left.type) === 'date' ? left.type : right.type),
            spokenName(family(left.type) === 'date' ? right.type : left.type),
          );
    }
    if (operator !== '+' && operator !== '-')
      throw errors.operandInvalid(type.name, spoken[operator]);
    return type;
  }
  if (bitwise && kind !== 'integer')
    throw errors.operandTypes(spokenName(left.type), spokenName(right.type), spoken[operator]);
  if (kind === 'float' && operator === '%')
    throw errors.operandTypes(spokenName(left.type), spokenName(right.type), 'modulo');
  if (type.name === 'bit' && !bitwise) return types.int;
  return type.name === 'decimal' ? decimalType(operator, left, right) : type;
}

/** Docs: Precision, scale, and length. */
function decimalType(operator: BinaryOperator, left: Typed, right: Typed): SqlType {
  const a = sizeOf(left);
  const b = sizeOf(right);
  const integral = Math.max(a.precision - a.scale, b.precision - b.scale);
  const scale = Math.max(a.scale, b.scale);
  if (operator === '*') return boundedDecimal(a.precision + b.precision + 1, a.scale + b.scale);
  if (operator === '/') {
    const quotient = Math.max(6, a.scale + b.precision + 1);
    return boundedDecimal(a.precision - a.scale + b.scale + quotient, quotient);
  }
  if (operator === '%')
    return boundedDecimal(
      Math.min(a.precision - a.scale, b.precision - b.scale) + scale,
      scale,
      true,
    );
  if (integral + scale + 1 <= 38) return sqlType('decimal', integral + scale + 1, scale);
  return sqlType('decimal', 38, Math.max(0, Math.min(scale, 38 - integral)));
}

/** An integer literal counts with the digits it has. */
function sizeOf(value: Typed): { precision: number; scale: number } {
  if (value.literal !== undefined && value.type === types.int) {
    return { precision: String(Math.abs(value.literal)).length, scale: 0 };
  }
  return decimalSize(value.type);
}

function caseSql(
  context: Translation,
  scope: Scope,
  node: Extract<Expression, { kind: 'case' }>,
): Typed {
  const input = node.input && context.expression(scope, node.input);
  const results = node.branches.map((branch) => context.expression(scope, branch.result));
  const otherwise = node.otherwise && context.expression(scope, node.otherwise);
  const all = otherwise ? [...results, otherwise] : results;
  const type = commonOf(all);
  const branches = node.branches.map((branch, index) => {
    const when = input
      ? compareSql('=', input, context.expression(scope, branch.when))
      : conditionSql(context, scope, branch.when as Condition);
    const result = results[index];
    return `WHEN ${when} THEN ${result ? convertSql(result, type).sql : 'NULL'}`;
  });
  const last = otherwise ? ` ELSE ${convertSql(otherwise, type).sql}` : '';
  return {
    sql: `CASE ${branches.join(' ')}${last} END`,
    type,
    nullable: !otherwise || all.some((value) => value.nullable),
  };
}

function subquery(
  context: Translation,
  scope: Scope,
  node: Extract<Expression, { kind: 'subquery' }>,
): Typed {
  const query = context.query(node.query, scope);
  const [only, second] = query.columns;
  if (!only || second) throw errors.subqueryManyColumns();
  // More than one row is an error in T-SQL; SQLite would take the first.
  const alias = context.name('q');
  const sql = query.single
    ? `(${query.sql})`
    : `(WITH ${alias}(c) AS (${query.sql}) SELECT ts_single(count(*),min(c)) FROM ${alias})`;
  return { sql, type: only.type, nullable: true };
}

/** What COLLATE makes of a text. @throws 448 */
function explicitly(collation: string): Pick<Typed, 'collation' | 'exact' | 'isCollated'> {
  const own = /^database_default$/i.test(collation) ? defaultCollation : collation;
  if (!isCollation(own)) throw errors.invalidCollation(collation);
  return { collation: own, exact: isExact(own), isCollated: true };
}
