/** Calls of scalar functions. */

import { errors } from '../errors.ts';
import { datePart } from '../functions/dates.ts';
import type { Parameter, ScalarFunction } from '../functions/definition.ts';
import { isJson } from '../functions/json.ts';
import { now } from '../functions/register.ts';
import { scalarFunctions } from '../functions/table.ts';
import type { SqlValue } from '../procedure.ts';
import { quoteText } from '../storage/model.ts';
import type { Expression, FunctionCall } from '../syntax/ast.ts';
import { commonType, family, isUnicode, type SqlType, sqlType, types } from '../values/types.ts';
import { compareSql, isPadded } from './compare.ts';
import type { Scope, SessionFunction, Translation, Typed } from './context.ts';
import { convertSql, isCheap } from './convert-sql.ts';

/** Functions that answer the same within one statement. */
const clocks: Record<string, SqlType> = {
  GETDATE: types.datetime,
  CURRENT_TIMESTAMP: types.datetime,
  GETUTCDATE: types.datetime,
  SYSDATETIME: types.datetime2,
  SYSUTCDATETIME: types.datetime2,
  SYSDATETIMEOFFSET: types.datetimeoffset,
};

export function scalarCall(context: Translation, scope: Scope, call: FunctionCall): Typed {
  const { name } = call;
  const clock = clocks[name];
  if (clock) {
    if (context.inline) return { sql: `ts_now(${clock.index})`, type: clock, nullable: false };
    return { sql: context.bind(now(clock), `clock ${clock.text}`), type: clock, nullable: false };
  }
  if (name === 'ISNULL') return isNull(context, scope, call);
  if (name === 'COALESCE') return coalesce(context, scope, call);
  if (name === 'NULLIF') return nullIf(context, scope, call);
  if (name === 'CONCAT' || name === 'CONCAT_WS') return concat(context, scope, call);
  if (name === 'CHOOSE') return choose(context, scope, call);
  if (name === 'SQL_VARIANT_PROPERTY') throw errors.invalidUse(name);
  const session = context.environment.sessionFunction(name);
  if (session) return sessionCall(context, scope, call, session);
  const definition = scalarFunctions[name];
  if (!definition) {
    if (call.qualified)
      throw errors.functionNotFound(call.qualified[0] ?? '', call.qualified.join('.'));
    throw errors.unknownFunction(call.name);
  }
  return definedCall(context, scope, call, definition);
}

const wanted: Record<Exclude<Parameter, 'any' | 'part'>, SqlType> = {
  text: types.nvarcharMax,
  int: types.bigint,
  float: types.float,
  decimal: sqlType('decimal', 38, 10),
  datetime: types.datetime,
  moment: types.datetime2,
  bit: types.bit,
  binary: types.varbinaryMax,
};

function argument(value: Typed, parameter: Parameter): string {
  if (parameter === 'any') return `${value.sql},${value.type.index}`;
  if (value.isNull || parameter === 'part') return value.sql;
  const kind = family(value.type);
  // Dates of any type are read as they are; text is left to become one.
  if ((parameter === 'datetime' || parameter === 'moment') && kind === 'date') return value.sql;
  if (parameter === 'text' && kind === 'text') return value.sql;
  if (parameter === 'text' && kind === 'binary') return value.sql;
  if (parameter === 'int' && kind === 'integer') return value.sql;
  if (parameter === 'float' && (kind === 'integer' || kind === 'float')) return value.sql;
  return convertSql(value, wanted[parameter], { explicit: true }).sql;
}

function definedCall(
  context: Translation,
  scope: Scope,
  call: FunctionCall,
  definition: ScalarFunction,
): Typed {
  const { parameters, optional = 0 } = definition;
  const { name } = call;
  const least = parameters.length - optional;
  const most = definition.variadic ? Number.POSITIVE_INFINITY : parameters.length;
  if (call.args.length < least || call.args.length > most) {
    throw optional > 0
      ? errors.argumentRange(name.toLowerCase(), least, most)
      : errors.argumentCount(name.toLowerCase(), least);
  }
  if (name === 'ISJSON') {
    // Megabytes in a variable need not pass through SQLite to be looked at.
    const known = call.args[0] && constantValue(context, call.args[0]);
    if (typeof known === 'string') {
      return { sql: isJson(known) ? '1' : '0', type: types.int, nullable: false };
    }
  }
  const values = call.args.map((node, index): Typed => {
    if (parameters[index] !== 'part') return context.expression(scope, node);
    const part = node.kind === 'column' ? (node.name[0] ?? '') : '';
    return { sql: `'${datePart(part, name)}'`, type: types.sysname, nullable: false };
  });
  const type = definition.type(
    values.map(({ type: own, literal }) => ({
      type: own,
      ...(literal !== undefined && { literal }),
    })),
  );
  const args = values.map((value, index) =>
    argument(value, parameters[Math.min(index, parameters.length - 1)] ?? 'any'),
  );
  const last = name === 'RIGHT' ? lastPart(context, scope, call) : undefined;
  const sql =
    last ??
    storedPart(name, values[0]) ??
    `ts_${name.toLowerCase()}(${[type.index, ...args].join(',')})`;
  const [text] = values;
  if (name === 'DATALENGTH' && text && family(text.type) === 'text' && isCheap(text.sql)) {
    // As many bytes as letters: then each is one of ASCII.
    const letters = `length(${text.sql})`;
    const bytes = isUnicode(text.type) ? `2*${letters}` : letters;
    return {
      sql: `CASE WHEN octet_length(${text.sql}) > ${letters} THEN ${sql} ELSE ${bytes} END`,
      type,
      nullable: true,
    };
  }
  return { sql, type, nullable: true };
}

/** Where year, month and day are in a date as it is stored. */
const datePlaces = new Map([
  ['YEAR', '1,4'],
  ['MONTH', '6,2'],
  ['DAY', '9,2'],
]);

function storedPart(name: string, date: Typed | undefined): string | undefined {
  const place = datePlaces.get(name);
  if (place === undefined || date === undefined) return undefined;
  const isDated = /^(date|smalldatetime|datetime2?)$/.test(date.type.name);
  return isDated ? `CAST(substr(${date.sql},${place}) AS INTEGER)` : undefined;
}

/**
 * `RIGHT(t, CHARINDEX('/', REVERSE('/' + t)) - 1)`, the last part of a path: what follows when all
 * letters but the mark are taken from the end.
 */
function lastPart(context: Translation, scope: Scope, call: FunctionCall): string | undefined {
  const [whole, length] = call.args;
  if (length?.kind !== 'binary' || length.operator !== '-') return undefined;
  const { left: place, right: one } = length;
  if (one.kind !== 'literal' || one.text !== '1') return undefined;
  if (place.kind !== 'call' || place.name !== 'CHARINDEX' || place.args.length !== 2)
    return undefined;
  const [mark, backwards] = place.args;
  if (mark?.kind !== 'literal' || !/^[!-/:;<=>?|]$/.test(mark.text)) return undefined;
  if (backwards?.kind !== 'call' || backwards.name !== 'REVERSE') return undefined;
  const [joined] = backwards.args;
  if (joined?.kind !== 'binary' || joined.operator !== '+' || !whole) return undefined;
  if (joined.left.kind !== 'literal' || joined.left.text !== mark.text) return undefined;
  const text = context.expression(scope, whole);
  const isSame = text.sql === context.expression(scope, joined.right).sql;
  return isSame && family(text.type) === 'text' && isCheap(text.sql)
    ? `substr(${text.sql},length(rtrim(${text.sql},replace(${text.sql},${quoteText(mark.text)},'')))+1)`
    : undefined;
}

/** The value of what is a constant as far as the statement goes; undefined for anything else. */
export function constantValue(context: Translation, node: Expression): SqlValue | undefined {
  switch (node.kind) {
    case 'literal':
      return node.type === 'number' ? Number(node.text) : node.text;
    case 'variable':
      return (context.environment.global(node.name) ?? context.environment.variable(node.name))
        .value;
    case 'null':
      return null;
    case 'unary': {
      const value = constantValue(context, node.operand);
      return node.operator === '-' && typeof value === 'number' ? -value : undefined;
    }
    case 'binary': {
      const left = constantValue(context, node.left);
      const right = constantValue(context, node.right);
      const isText = typeof left === 'string' && typeof right === 'string';
      return node.operator === '+' && isText ? left + right : undefined;
    }
    case 'call': {
      const args = node.args.map((arg) => constantValue(context, arg));
      if (node.name === 'QUOTENAME' && args.length === 1) return `[${args[0]}]`;
      if (args.includes(undefined)) return undefined;
      return context.environment.sessionFunction(node.name)?.run(args as SqlValue[]);
    }
    case 'cast':
      return constantValue(context, node.operand);
    default:
      return undefined;
  }
}

function sessionCall(
  context: Translation,
  scope: Scope,
  call: FunctionCall,
  session: SessionFunction,
): Typed {
  const { type } = session;
  const args = call.args.map((node) => constantValue(context, node));
  if (args.includes(undefined)) {
    const [only] = call.args;
    if (!session.all || !only) {
      throw errors.invalidUse(`${call.name} with an argument that is not a constant`);
    }
    const key = `'$."'||${context.expression(scope, only).sql}||'"'`;
    const map = context.bind(JSON.stringify(session.all()));
    return { sql: `json_extract(${map},${key})`, type, nullable: true };
  }
  const value = session.run(args as SqlValue[]);
  const ascii = typeof value === 'string' && { ascii: isAsciiText(value) };
  return { sql: context.bindValue(value, type), type, nullable: true, ...ascii };
}

const isAsciiText = (text: string) => /^[\0-\x7f]*$/.test(text);

/** The type is the first argument's, unlike COALESCE's. */
function isNull(context: Translation, scope: Scope, call: FunctionCall): Typed {
  const [first, second] = call.args.map((node) => context.expression(scope, node));
  if (!first || !second || call.args.length !== 2) throw errors.argumentCount('isnull', 2);
  const type = first.isNull ? second.type : first.type;
  return {
    sql: `ifnull(${first.sql},${convertSql(second, type).sql})`,
    type,
    nullable: second.nullable,
  };
}

function coalesce(context: Translation, scope: Scope, call: FunctionCall): Typed {
  const values = call.args.map((node) => context.expression(scope, node));
  const type = commonOf(values);
  const sql = values.map((value) => convertSql(value, type).sql);
  return {
    sql: sql.length === 1 ? (sql[0] ?? 'NULL') : `coalesce(${sql.join(',')})`,
    type,
    nullable: values.every((value) => value.nullable),
  };
}

/** The type that all of them get; NULLs don't count. */
export function commonOf(values: readonly Typed[]): SqlType {
  const [first, ...rest] = values.filter((value) => !value.isNull).map((value) => value.type);
  return rest.reduce(commonType, first ?? types.int);
}

function nullIf(context: Translation, scope: Scope, call: FunctionCall): Typed {
  const [first, second] = call.args.map((node) => context.expression(scope, node));
  if (!first || !second) throw errors.argumentCount('nullif', 2);
  const equal = compareSql('=', first, second);
  return {
    sql:
      !isPadded(first) && equal === `${first.sql} = ${second.sql} COLLATE NOCASE`
        ? `nullif(${first.sql} COLLATE NOCASE,${second.sql})`
        : `CASE WHEN ${equal} THEN NULL ELSE ${first.sql} END`,
    type: first.type,
    nullable: true,
  };
}

/** NULL counts as an empty text. */
function concat(context: Translation, scope: Scope, call: FunctionCall): Typed {
  if (call.args.length < 2) throw errors.argumentRange('concat', 2, 254);
  const values = call.args.map((node) => context.expression(scope, node));
  const unicode = values.some((value) => isUnicode(value.type));
  const long = values.some((value) => value.type.length === -1);
  const type = sqlType(unicode ? 'nvarchar' : 'varchar', long ? -1 : unicode ? 4000 : 8000);
  const texts = values.map((value) => convertSql(value, type, { explicit: true }).sql);
  if (call.name === 'CONCAT') {
    return {
      sql: `(${texts.map((sql) => `ifnull(${sql},'')`).join('||')})`,
      type,
      nullable: false,
    };
  }
  return { sql: `concat_ws(${texts.join(',')})`, type, nullable: false };
}

function choose(context: Translation, scope: Scope, call: FunctionCall): Typed {
  const [index, ...choices] = call.args.map((node) => context.expression(scope, node));
  if (!index) throw errors.argumentCount('choose', 2);
  const type = commonOf(choices);
  const branches = choices.map(
    (choice, place) => `WHEN ${place + 1} THEN ${convertSql(choice, type).sql}`,
  );
  return {
    sql: `CASE ${convertSql(index, types.int).sql} ${branches.join(' ')} END`,
    type,
    nullable: true,
  };
}
