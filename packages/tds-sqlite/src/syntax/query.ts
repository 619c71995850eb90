/** SELECT and what it is made of. */

import { errors } from '../errors.ts';
import type {
  CommonTable,
  Expression,
  JoinKind,
  JsonColumn,
  Name,
  Query,
  QueryBody,
  Select,
  SelectItem,
  TableSource,
  Top,
} from './ast.ts';
import { parseCondition, parseExpression, parseOrder } from './expressions.ts';
import type { Reader } from './reader.ts';

export function parseWith(reader: Reader): CommonTable[] {
  if (!reader.accept('WITH')) return [];
  return reader.list(() => {
    const name = reader.identifier();
    const columns = reader.is('(') ? reader.names() : undefined;
    reader.expect('AS', '(');
    const query = parseQuery(reader);
    reader.expect(')');
    return { name, ...(columns && { columns }), query };
  });
}

/** @param common the WITH that was read before, where a statement begins with one */
export function parseQuery(reader: Reader, common?: CommonTable[]): Query {
  return reader.nested(() => {
    const { line } = reader;
    const query: Query = {
      kind: 'query',
      with: common ?? parseWith(reader),
      body: union(reader),
      order: [],
      line,
    };
    if (reader.is('ORDER')) query.order = parseOrder(reader);
    if (reader.accept('OFFSET')) {
      if (query.order.length === 0) throw reader.unexpected();
      query.offset = parseExpression(reader);
      if (!reader.accept('ROWS')) reader.expect('ROW');
      if (reader.accept('FETCH')) {
        if (!reader.accept('NEXT')) reader.expect('FIRST');
        query.fetch = parseExpression(reader);
        if (!reader.accept('ROWS')) reader.expect('ROW');
        reader.expect('ONLY');
      }
    } else if (reader.is('FETCH') && query.order.length > 0) {
      throw reader.at(errors.fetchWithoutOrder('NEXT'));
    }
    if (reader.sees('FOR', 'JSON')) query.forJson = forJson(reader);
    if (reader.accept('OPTION')) parenthesised(reader);
    return query;
  });
}

function forJson(reader: Reader): NonNullable<Query['forJson']> {
  reader.expect('FOR', 'JSON');
  if (!reader.is('PATH', 'AUTO')) throw reader.unexpected();
  const result: NonNullable<Query['forJson']> = {
    mode: reader.next().upper as 'PATH' | 'AUTO',
    withoutArray: false,
    includeNulls: false,
  };
  while (reader.accept(',')) {
    if (reader.accept('ROOT')) {
      result.root = 'root';
      if (reader.accept('(')) {
        result.root = reader.next().text;
        reader.expect(')');
      }
    } else if (reader.accept('WITHOUT_ARRAY_WRAPPER')) result.withoutArray = true;
    else if (reader.accept('INCLUDE_NULL_VALUES')) result.includeNulls = true;
    else throw reader.unexpected();
  }
  return result;
}

/** Skips `( … )`: hints that mean nothing here. */
function parenthesised(reader: Reader): void {
  reader.expect('(');
  for (let depth = 1; depth > 0; ) {
    if (reader.atEnd) throw reader.unexpected();
    if (reader.is('(')) depth++;
    if (reader.is(')')) depth--;
    reader.next();
  }
}

function union(reader: Reader): QueryBody {
  let left = intersection(reader);
  while (reader.is('UNION', 'EXCEPT')) {
    const { line } = reader;
    const word = reader.next().upper;
    const operator = word === 'UNION' ? (reader.accept('ALL') ? 'UNION ALL' : 'UNION') : 'EXCEPT';
    left = { kind: 'set', operator, left, right: intersection(reader), line };
  }
  return left;
}

function intersection(reader: Reader): QueryBody {
  let left = operand(reader);
  while (reader.is('INTERSECT')) {
    const { line } = reader;
    reader.next();
    left = { kind: 'set', operator: 'INTERSECT', left, right: operand(reader), line };
  }
  return left;
}

function operand(reader: Reader): QueryBody {
  if (!reader.is('(')) return select(reader);
  const { line } = reader;
  reader.next();
  const query = parseQuery(reader);
  reader.expect(')');
  return { kind: 'nested', query, line };
}

export function parseTop(reader: Reader): Top | undefined {
  if (!reader.accept('TOP')) return undefined;
  let count: Expression;
  if (reader.accept('(')) {
    count = parseExpression(reader);
    reader.expect(')');
  } else {
    if (reader.token.kind !== 'number' && reader.token.kind !== 'variable')
      throw reader.unexpected();
    const token = reader.next();
    count =
      token.kind === 'variable'
        ? { kind: 'variable', name: token.text, line: token.line }
        : { kind: 'literal', type: 'number', text: token.text, line: token.line };
  }
  const percent = reader.accept('PERCENT');
  return { count, percent, ties: reader.accept('WITH', 'TIES') };
}

function select(reader: Reader): Select {
  const { line } = reader;
  reader.expect('SELECT');
  const result: Select = { kind: 'select', distinct: false, items: [], from: [], group: [], line };
  if (reader.accept('DISTINCT')) result.distinct = true;
  else reader.accept('ALL');
  const top = parseTop(reader);
  if (top) result.top = top;
  result.items = reader.list(() => selectItem(reader));
  if (reader.accept('INTO')) result.into = reader.name();
  if (reader.accept('FROM')) result.from = parseFrom(reader);
  if (reader.accept('WHERE')) result.where = parseCondition(reader);
  if (reader.is('GROUP')) {
    reader.expect('GROUP', 'BY');
    result.group = reader.list(() => parseExpression(reader));
  }
  if (reader.accept('HAVING')) result.having = parseCondition(reader);
  return result;
}

export function selectItem(reader: Reader): SelectItem {
  const { line } = reader;
  if (reader.accept('*')) return { kind: 'star', line };
  if (reader.token.kind === 'variable' && assignmentFollows(reader)) {
    const variable = reader.variable();
    const operator = reader.next().upper;
    return {
      kind: 'assign',
      variable,
      expression: compound(reader, operator, { kind: 'variable', name: variable, line }),
      line,
    };
  }
  const table = starPrefix(reader);
  if (table) return { kind: 'star', table, line };
  if (reader.isIdentifier() && reader.ahead(1).upper === '=' && reader.ahead(1).kind === 'symbol') {
    const alias = reader.identifier();
    reader.next();
    return { kind: 'value', expression: parseExpression(reader), alias, line };
  }
  const expression = parseExpression(reader);
  const alias = parseAlias(reader);
  return { kind: 'value', expression, ...(alias !== undefined && { alias }), line };
}

const assignmentFollows = (reader: Reader) => /^[-+*/%&|^]?=$/.test(reader.ahead(1).upper);

/** `x += v` is `x = x + v`. */
export function compound(reader: Reader, operator: string, target: Expression): Expression {
  const { line } = reader;
  const right = parseExpression(reader);
  if (operator === '=') return right;
  return { kind: 'binary', operator: operator.slice(0, 1) as '+', left: target, right, line };
}

function starPrefix(reader: Reader): Name | undefined {
  if (!reader.isIdentifier()) return undefined;
  for (let count = 1; reader.ahead(count).upper === '.'; count += 2) {
    const after = reader.ahead(count + 1);
    if (after.upper === '*') {
      const parts: Name = [];
      for (let i = 0; i < count; i += 2) parts.push(reader.ahead(i).text);
      for (let i = 0; i < count + 2; i++) reader.next();
      return parts;
    }
    if (!reader.isIdentifier(after)) return undefined;
  }
  return undefined;
}

/** A name, or (for columns) a string. */
function parseAlias(reader: Reader): string | undefined {
  const isText = () => reader.token.kind === 'string' || reader.token.kind === 'nstring';
  if (reader.accept('AS')) return isText() ? reader.next().text : reader.identifier();
  if (isText()) return reader.next().text;
  return reader.isIdentifier() ? reader.identifier() : undefined;
}

export function parseFrom(reader: Reader): TableSource[] {
  return reader.list(() => joined(reader));
}

function joined(reader: Reader): TableSource {
  let left = source(reader);
  for (;;) {
    const { line } = reader;
    const join = joinKind(reader);
    if (!join) return left;
    const right = join.includes('APPLY') || join === 'CROSS' ? source(reader) : joinedRight(reader);
    if (join === 'CROSS' || join.includes('APPLY'))
      left = { kind: 'join', join, left, right, line };
    else {
      reader.expect('ON');
      left = { kind: 'join', join, left, right, on: parseCondition(reader), line };
    }
  }
}

/** `a JOIN b JOIN c ON … ON …`: joins nest to the right until an ON. */
function joinedRight(reader: Reader): TableSource {
  let right = source(reader);
  while (!reader.is('ON')) {
    const { line } = reader;
    const join = joinKind(reader);
    if (!join) return right;
    const next = join.includes('APPLY') || join === 'CROSS' ? source(reader) : joinedRight(reader);
    if (join === 'CROSS' || join.includes('APPLY'))
      right = { kind: 'join', join, left: right, right: next, line };
    else {
      reader.expect('ON');
      right = { kind: 'join', join, left: right, right: next, on: parseCondition(reader), line };
    }
  }
  return right;
}

function joinKind(reader: Reader): JoinKind | undefined {
  if (reader.accept('CROSS')) {
    if (reader.accept('APPLY')) return 'CROSS APPLY';
    reader.expect('JOIN');
    return 'CROSS';
  }
  if (reader.sees('OUTER', 'APPLY')) {
    reader.accept('OUTER', 'APPLY');
    return 'OUTER APPLY';
  }
  if (reader.accept('JOIN')) return 'INNER';
  if (!reader.is('INNER', 'LEFT', 'RIGHT', 'FULL')) return undefined;
  const kind = reader.next().upper as JoinKind;
  if (kind !== 'INNER') reader.accept('OUTER');
  // Join hints: INNER LOOP JOIN.
  if (reader.is('LOOP', 'HASH', 'MERGE', 'REMOTE')) reader.next();
  reader.expect('JOIN');
  return kind;
}

function source(reader: Reader): TableSource {
  const { line } = reader;
  if (reader.token.kind === 'variable') {
    const name = reader.variable();
    const alias = tableAlias(reader);
    return { kind: 'tableVariable', name, ...(alias !== undefined && { alias }), line };
  }
  if (reader.is('(')) return derived(reader);
  const name = reader.name();
  if (reader.is('(') && !isHintList(reader)) return tableFunction(reader, name, line);
  const hints = tableHints(reader);
  const alias = tableAlias(reader);
  hints.push(...tableHints(reader));
  return { kind: 'table', name, ...(alias !== undefined && { alias }), hints, line };
}

function derived(reader: Reader): TableSource {
  const { line } = reader;
  if (reader.ahead(1).upper === 'VALUES') {
    reader.next();
    reader.next();
    const rows = reader.list(() => parseRow(reader));
    reader.expect(')');
    reader.accept('AS');
    const alias = reader.identifier();
    return { kind: 'values', rows, alias, columns: reader.names(), line };
  }
  if (reader.startsQuery && !joinInside(reader)) {
    reader.next();
    const query = parseQuery(reader);
    reader.expect(')');
    reader.accept('AS');
    const alias = reader.identifier();
    const columns = reader.is('(') ? reader.names() : undefined;
    return { kind: 'derived', query, alias, ...(columns && { columns }), line };
  }
  reader.next();
  const inner = joined(reader);
  reader.expect(')');
  return inner;
}

/** `((SELECT …) a JOIN b ON …)`: the first parenthesis belongs to the join. */
function joinInside(reader: Reader): boolean {
  if (reader.ahead(1).upper !== '(') return false;
  let depth = 0;
  for (let i = 1; ; i++) {
    const token = reader.ahead(i);
    if (token.kind === 'end') return false;
    if (token.kind !== 'symbol') continue;
    if (token.upper === '(') depth++;
    if (token.upper === ')' && --depth === 0) {
      return !['UNION', 'EXCEPT', 'INTERSECT', ')', 'ORDER'].includes(reader.ahead(i + 1).upper);
    }
  }
}

export function parseRow(reader: Reader): Expression[] {
  reader.expect('(');
  const row = reader.list(() => parseExpression(reader));
  reader.expect(')');
  return row;
}

const hintWords = new Set(
  'NOLOCK HOLDLOCK UPDLOCK ROWLOCK PAGLOCK TABLOCK TABLOCKX XLOCK READPAST READUNCOMMITTED READCOMMITTED READCOMMITTEDLOCK REPEATABLEREAD SERIALIZABLE SNAPSHOT NOWAIT FORCESEEK FORCESCAN INDEX KEEPIDENTITY KEEPDEFAULTS'.split(
    ' ',
  ),
);

/** The old form without WITH: `FROM t (NOLOCK)`. */
const isHintList = (reader: Reader) =>
  hintWords.has(reader.ahead(1).upper) &&
  reader.ahead(1).kind === 'word' &&
  [')', ','].includes(reader.ahead(2).upper);

function tableHints(reader: Reader): string[] {
  if (reader.is('WITH') && reader.ahead(1).upper === '(') reader.next();
  else if (!(reader.is('(') && isHintList(reader))) return [];
  reader.expect('(');
  const hints: string[] = [];
  while (!reader.accept(')')) {
    const token = reader.next();
    if (!hintWords.has(token.upper)) throw reader.unexpected(token);
    hints.push(token.upper);
    if (reader.is('(')) parenthesised(reader);
    else if (token.upper === 'INDEX' && reader.accept('=')) reader.next();
    reader.accept(',');
  }
  return hints;
}

function tableAlias(reader: Reader): string | undefined {
  if (reader.accept('AS')) return reader.identifier();
  return reader.isIdentifier() ? reader.identifier() : undefined;
}

function tableFunction(reader: Reader, name: Name, line: number): TableSource {
  reader.expect('(');
  const args = reader.is(')') ? [] : reader.list(() => parseExpression(reader));
  reader.expect(')');
  const json =
    name.length === 1 && name[0]?.toUpperCase() === 'OPENJSON' && reader.is('WITH')
      ? jsonColumns(reader)
      : undefined;
  const alias = tableAlias(reader);
  const columns = alias !== undefined && reader.is('(') ? reader.names() : undefined;
  return {
    kind: 'function',
    name,
    args,
    ...(alias !== undefined && { alias }),
    ...(columns && { columns }),
    ...(json && { json }),
    line,
  };
}

function jsonColumns(reader: Reader): JsonColumn[] {
  reader.expect('WITH', '(');
  const columns = reader.list(() => {
    const column: JsonColumn = { name: reader.identifier(), type: reader.type(), asJson: false };
    if (reader.token.kind === 'string' || reader.token.kind === 'nstring')
      column.path = reader.next().text;
    if (reader.accept('AS', 'JSON')) column.asJson = true;
    return column;
  });
  reader.expect(')');
  return columns;
}
