/** Aggregates and window functions. */

import { errors } from '../errors.ts';
import type { FrameBound, FunctionCall, OrderItem, Window } from '../syntax/ast.ts';
import { isWide } from '../values/stored.ts';
import {
  boundedDecimal,
  decimalSize,
  family,
  isNumeric,
  isUnicode,
  type SqlType,
  spokenName,
  sqlType,
  types,
} from '../values/types.ts';
import { collatedSql, distinctKey, orderKey } from './compare.ts';
import type { Scope, Translation, Typed } from './context.ts';
import { convertSql } from './convert-sql.ts';
import { checkComparable, checkWindowOrder } from './order-check.ts';

const aggregateNames = new Set([
  'COUNT',
  'COUNT_BIG',
  'SUM',
  'AVG',
  'MIN',
  'MAX',
  'STRING_AGG',
  'STDEV',
  'STDEVP',
  'VAR',
  'VARP',
]);
const rankingNames = new Set([
  'ROW_NUMBER',
  'RANK',
  'DENSE_RANK',
  'NTILE',
  'PERCENT_RANK',
  'CUME_DIST',
]);
const offsetNames = new Set(['LAG', 'LEAD', 'FIRST_VALUE', 'LAST_VALUE']);

export const isAggregate = (name: string) => aggregateNames.has(name);
export const isWindowFunction = (name: string) => rankingNames.has(name) || offsetNames.has(name);

export function aggregateOrWindow(context: Translation, scope: Scope, call: FunctionCall): Typed {
  if (call.over) {
    if (!scope.windows) throw errors.windowedInWhere();
  } else if (isWindowFunction(call.name)) throw errors.windowNeedsOver(call.name);
  else if (!scope.aggregates) throw errors.aggregateInWhere();
  if (isWindowFunction(call.name)) return ranking(context, scope, call);
  return aggregate(context, scope, call);
}

/** A window's arguments see groups, as the select list does; an aggregate's see rows. */
const inside = (scope: Scope, call: FunctionCall): Scope =>
  call.over
    ? { ...scope, windows: false }
    : { ...scope, insideAggregate: true, aggregates: false, windows: false };

function aggregate(context: Translation, scope: Scope, call: FunctionCall): Typed {
  const { name } = call;
  const over = windowSql(context, scope, call.over);
  if (call.star) {
    return {
      sql: `count(*)${over}`,
      type: name === 'COUNT' ? types.int : types.bigint,
      nullable: false,
    };
  }
  if (call.args.length !== (name === 'STRING_AGG' ? 2 : 1)) {
    throw errors.argumentCount(name.toLowerCase(), name === 'STRING_AGG' ? 2 : 1);
  }
  const [first, second] = call.args.map((arg) => context.expression(inside(scope, call), arg));
  if (!first) throw errors.argumentCount(name.toLowerCase(), 1);
  const distinct = call.distinct ? 'DISTINCT ' : '';
  const argument = call.distinct ? distinctKey(first) : first.sql;
  if (name === 'COUNT' || name === 'COUNT_BIG') {
    return {
      sql: `count(${distinct}${argument})${over}`,
      type: name === 'COUNT' ? types.int : types.bigint,
      nullable: false,
    };
  }
  if (name === 'STRING_AGG') return stringAggregate(context, scope, call, first, second);
  if (name === 'MIN' || name === 'MAX') return extreme(name, first, over);
  if (!isNumeric(first.type) || first.type.name === 'bit')
    throw errors.operandInvalid(spokenName(first.type), name.toLowerCase());
  if (name !== 'SUM' && name !== 'AVG') {
    return {
      sql: `ts_${name.toLowerCase()}(${distinct}${argument})${over}`,
      type: types.float,
      nullable: true,
    };
  }
  return name === 'SUM'
    ? sum(first, `${distinct}${argument}`, over)
    : average(first, `${distinct}${argument}`, over);
}

/** Adding nothing checks that a value fits its type. */
const fitting = (sql: string, type: SqlType) => `ts_arithmetic('+',${sql},0,${type.index})`;

/** Exact sums come as text, of any length. */
const exactSum = (argument: string, over: string, type: SqlType) =>
  fitting(`ts_sum(${argument})${over}`, type);

/** 64 bits wide, and as wide as floats are. */
const nativeSum = (argument: string, over: string, type: SqlType) =>
  fitting(`sum(${argument})${over}`, type);

const sumType = (type: SqlType) =>
  type.name === 'decimal' ? sqlType('decimal', 38, type.scale) : types.money;

function sum(value: Typed, argument: string, over: string): Typed {
  const type = value.type;
  if (family(type) === 'float')
    return { sql: nativeSum(argument, over, types.float), type: types.float, nullable: true };
  if (family(type) === 'decimal') {
    const result = sumType(type);
    return { sql: exactSum(argument, over, result), type: result, nullable: true };
  }
  const result = type.name === 'bigint' ? types.bigint : types.int;
  return { sql: nativeSum(argument, over, result), type: result, nullable: true };
}

function average(value: Typed, argument: string, over: string): Typed {
  const type = value.type;
  if (family(type) === 'float')
    return {
      sql: fitting(`avg(${argument})${over}`, types.float),
      type: types.float,
      nullable: true,
    };
  if (family(type) === 'decimal') {
    const { scale } = decimalSize(type);
    const result = type.name === 'decimal' ? boundedDecimal(38, Math.max(scale, 6)) : types.money;
    const total = exactSum(argument, over, sumType(type));
    const count = `nullif(count(${argument})${over},0)`;
    return {
      sql: `ts_arithmetic('/',${total},${count},${result.index})`,
      type: result,
      nullable: true,
    };
  }
  const result = type.name === 'bigint' ? types.bigint : types.int;
  // It is the sum that must fit, as SQL Server's documentation of AVG says.
  return {
    sql: `ts_arithmetic('/',${nativeSum(argument, over, result)},nullif(count(${argument})${over},0),${result.index})`,
    type: result,
    nullable: true,
  };
}

function extreme(name: 'MIN' | 'MAX', value: Typed, over: string): Typed {
  if (value.type.name === 'bit') throw errors.operandInvalid('bit', name.toLowerCase());
  const lower = name.toLowerCase();
  // Text of numbers has another order than they: it goes by a key, and back.
  const sql = isWide(value.type)
    ? `ts_decimal_of_key(${lower}(ts_decimal_key(${value.sql}))${over},${value.type.index})`
    : `${lower}(${collatedSql(value)})${over}`;
  return { sql, type: value.type, nullable: true };
}

function stringAggregate(
  context: Translation,
  scope: Scope,
  call: FunctionCall,
  value: Typed,
  separator: Typed | undefined,
): Typed {
  const unicode = isUnicode(value.type) || family(value.type) !== 'text';
  const type =
    value.type.length === -1
      ? sqlType(unicode ? 'nvarchar' : 'varchar', -1)
      : sqlType(unicode ? 'nvarchar' : 'varchar', unicode ? 4000 : 8000);
  const text = convertSql(value, type, { explicit: true });
  const order = call.withinGroup
    ? ` ORDER BY ${orderSql(context, inside(scope, call), call.withinGroup)}`
    : '';
  return {
    sql: `group_concat(${text.sql},${separator?.sql ?? "''"}${order})`,
    type,
    nullable: true,
  };
}

function sorted(value: Typed): Typed {
  checkComparable(value);
  return value;
}

export function orderSql(context: Translation, scope: Scope, items: OrderItem[]): string {
  return items
    .map(
      ({ expression, descending }) =>
        `${orderKey(sorted(context.expression(scope, expression)))}${descending ? ' DESC' : ''}`,
    )
    .join(',');
}

function windowSql(context: Translation, scope: Scope, window: Window | undefined): string {
  if (!window) return '';
  const inner: Scope = { ...scope, windows: false };
  const parts: string[] = [];
  if (window.partition.length) {
    parts.push(
      `PARTITION BY ${window.partition.map((node) => distinctKey(context.expression(inner, node))).join(',')}`,
    );
  }
  for (const { expression } of window.order) checkWindowOrder(expression);
  if (window.order.length) parts.push(`ORDER BY ${orderSql(context, inner, window.order)}`);
  if (window.frame) {
    const { unit, from, to } = window.frame;
    const end: FrameBound = to ?? 'CURRENT ROW';
    parts.push(`${unit} BETWEEN ${from} AND ${end}`);
  }
  return ` OVER (${parts.join(' ')})`;
}

function ranking(context: Translation, scope: Scope, call: FunctionCall): Typed {
  const { name } = call;
  if (!call.over?.order.length) throw errors.windowNeedsOrder(name);
  const over = windowSql(context, scope, call.over);
  const args = call.args.map((arg) => context.expression({ ...scope, windows: false }, arg));
  if (rankingNames.has(name)) {
    const type: SqlType =
      name === 'PERCENT_RANK' || name === 'CUME_DIST' ? types.float : types.bigint;
    return {
      sql: `${name.toLowerCase()}(${args.map((arg) => arg.sql).join(',')})${over}`,
      type,
      nullable: false,
    };
  }
  const [value, offset, fallback] = args;
  if (!value) throw errors.argumentCount(name.toLowerCase(), 1);
  const others = [offset?.sql, fallback && convertSql(fallback, value.type).sql].filter(
    (sql) => sql !== undefined,
  );
  return {
    sql: `${name.toLowerCase()}(${[value.sql, ...others].join(',')})${over}`,
    type: value.type,
    nullable: true,
  };
}
