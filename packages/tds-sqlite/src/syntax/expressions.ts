/** Expressions and search conditions, told apart once read: T-SQL has no boolean values. */

import { errors } from '../errors.ts';
import type {
  BinaryOperator,
  Comparison,
  Condition,
  Expression,
  FrameBound,
  FunctionCall,
  OrderItem,
  Window,
} from './ast.ts';
import { functionKeywords, reserved } from './keywords.ts';
import type { Reader } from './reader.ts';

const conditionKinds = new Set([
  'compare',
  'quantified',
  'and',
  'or',
  'not',
  'isNull',
  'between',
  'in',
  'like',
  'exists',
]);

export const isCondition = (node: Expression): node is Condition => conditionKinds.has(node.kind);

export function parseExpression(reader: Reader): Expression {
  const node = reader.nested(() => additive(reader));
  if (isCondition(node)) throw reader.unexpected();
  return node;
}

export function parseCondition(reader: Reader): Condition {
  const node = reader.nested(() => disjunction(reader));
  if (!isCondition(node)) throw reader.at(errors.notACondition(reader.token.text));
  return node;
}

function condition(reader: Reader, node: Expression): Condition {
  if (!isCondition(node)) throw reader.at(errors.notACondition(reader.token.text));
  return node;
}

function value(reader: Reader, node: Expression): Expression {
  if (isCondition(node)) throw reader.unexpected();
  return node;
}

function disjunction(reader: Reader): Expression {
  let left = conjunction(reader);
  for (let links = 0; reader.is('OR'); links = reader.link(links)) {
    const { line } = reader;
    left = condition(reader, left);
    reader.next();
    left = { kind: 'or', left, right: condition(reader, conjunction(reader)), line };
  }
  return left;
}

function conjunction(reader: Reader): Expression {
  let left = negation(reader);
  for (let links = 0; reader.is('AND'); links = reader.link(links)) {
    const { line } = reader;
    left = condition(reader, left);
    reader.next();
    left = { kind: 'and', left, right: condition(reader, negation(reader)), line };
  }
  return left;
}

function negation(reader: Reader): Expression {
  const { line } = reader;
  if (!reader.accept('NOT')) return predicate(reader);
  return {
    kind: 'not',
    operand: condition(
      reader,
      reader.nested(() => negation(reader)),
    ),
    line,
  };
}

const comparisons: Record<string, Comparison> = {
  '=': '=',
  '<>': '<>',
  '!=': '<>',
  '<': '<',
  '<=': '<=',
  '>': '>',
  '>=': '>=',
  '!<': '>=',
  '!>': '<=',
};

/** Operators may be written apart: `> =`. */
function comparison(reader: Reader): Comparison | undefined {
  if (reader.token.kind !== 'symbol') return undefined;
  const first = reader.token.upper;
  const second = reader.ahead(1);
  if (second.kind === 'symbol' && /^[<>!]$/.test(first) && /^[=>]$/.test(second.upper)) {
    const joined = comparisons[first + second.upper];
    if (joined) {
      reader.next();
      reader.next();
      return joined;
    }
  }
  const found = comparisons[first];
  if (found) reader.next();
  return found;
}

function predicate(reader: Reader): Expression {
  const { line } = reader;
  if (reader.accept('EXISTS')) {
    reader.expect('(');
    const query = reader.rules.query(reader);
    reader.expect(')');
    return { kind: 'exists', query, line };
  }
  const left = additive(reader);
  const operator = comparison(reader);
  if (operator) {
    const operand = value(reader, left);
    if (reader.is('ALL', 'ANY', 'SOME')) {
      const all = reader.next().upper === 'ALL';
      reader.expect('(');
      const query = reader.rules.query(reader);
      reader.expect(')');
      return { kind: 'quantified', operator, left: operand, all, query, line };
    }
    return {
      kind: 'compare',
      operator,
      left: operand,
      right: value(reader, additive(reader)),
      line,
    };
  }
  if (reader.accept('IS')) {
    const not = reader.accept('NOT');
    reader.expect('NULL');
    return { kind: 'isNull', operand: value(reader, left), not, line };
  }
  const not = reader.is('NOT') && ['IN', 'LIKE', 'BETWEEN'].includes(reader.ahead(1).upper);
  if (not) reader.next();
  if (reader.accept('IN')) {
    reader.expect('(');
    const list = reader.startsQuery
      ? reader.rules.query(reader)
      : reader.list(() => parseExpression(reader));
    reader.expect(')');
    return { kind: 'in', operand: value(reader, left), list, not, line };
  }
  if (reader.accept('LIKE')) {
    const pattern = value(reader, additive(reader));
    const mark = reader.accept('ESCAPE') ? value(reader, additive(reader)) : undefined;
    return {
      kind: 'like',
      operand: value(reader, left),
      pattern,
      ...(mark && { escape: mark }),
      not,
      line,
    };
  }
  if (reader.accept('BETWEEN')) {
    const low = value(reader, additive(reader));
    reader.expect('AND');
    const high = value(reader, additive(reader));
    return { kind: 'between', operand: value(reader, left), low, high, not, line };
  }
  return left;
}

/** `+ - & | ^` share one level, `* / %` bind closer (docs: Operator precedence). */
function additive(reader: Reader): Expression {
  let left = multiplicative(reader);
  for (let links = 0; reader.is('+', '-', '&', '|', '^'); links = reader.link(links)) {
    const { line } = reader;
    const operator = reader.next().upper as BinaryOperator;
    left = {
      kind: 'binary',
      operator,
      left: value(reader, left),
      right: value(reader, multiplicative(reader)),
      line,
    };
  }
  return left;
}

function multiplicative(reader: Reader): Expression {
  let left = unary(reader);
  for (let links = 0; reader.is('*', '/', '%'); links = reader.link(links)) {
    const { line } = reader;
    const operator = reader.next().upper as BinaryOperator;
    left = {
      kind: 'binary',
      operator,
      left: value(reader, left),
      right: value(reader, unary(reader)),
      line,
    };
  }
  return left;
}

function unary(reader: Reader): Expression {
  const { line } = reader;
  if (reader.is('-', '+', '~')) {
    const operator = reader.next().upper as '-' | '+' | '~';
    const operand = value(
      reader,
      reader.nested(() => unary(reader)),
    );
    return { kind: 'unary', operator, operand, line };
  }
  let node = primary(reader);
  for (;;) {
    if (reader.is('COLLATE')) {
      reader.next();
      node = {
        kind: 'collate',
        operand: value(reader, node),
        collation: reader.identifier(),
        line,
      };
    } else if (reader.sees('AT', 'TIME', 'ZONE')) {
      reader.accept('AT', 'TIME', 'ZONE');
      node = {
        kind: 'atTimeZone',
        operand: value(reader, node),
        zone: value(reader, primary(reader)),
        line,
      };
    } else return node;
  }
}

function primary(reader: Reader): Expression {
  const token = reader.token;
  const { line } = token;
  switch (token.kind) {
    case 'number':
    case 'string':
    case 'nstring':
    case 'binary':
      reader.next();
      return { kind: 'literal', type: token.kind, text: token.text, line };
    case 'variable':
      reader.next();
      return { kind: 'variable', name: token.text, line };
    case 'symbol':
      if (token.upper === '(') return parenthesis(reader);
      if (reader.sees('$', 'ACTION')) {
        // MERGE's own column in OUTPUT.
        reader.accept('$', 'ACTION');
        return { kind: 'column', name: ['$action'], line };
      }
      if (token.upper === '$' && reader.ahead(1).kind === 'number') {
        reader.next();
        return { kind: 'literal', type: 'money', text: reader.next().text, line };
      }
      throw reader.unexpected();
    case 'quoted':
      return nameOrCall(reader);
    case 'word':
      break;
    default:
      throw reader.unexpected();
  }
  switch (token.upper) {
    case 'NULL':
      reader.next();
      return { kind: 'null', line };
    case 'DEFAULT':
      reader.next();
      return { kind: 'default', line };
    case 'CASE':
      return caseExpression(reader);
    case 'CURRENT_TIMESTAMP':
    case 'CURRENT_USER':
    case 'SESSION_USER':
    case 'SYSTEM_USER':
    case 'USER':
      reader.next();
      return { kind: 'call', name: token.upper, args: [], distinct: false, star: false, line };
    default:
  }
  if (reserved.has(token.upper) && !functionKeywords.has(token.upper)) throw reader.unexpected();
  return nameOrCall(reader);
}

function parenthesis(reader: Reader): Expression {
  const { line } = reader;
  reader.next();
  if (reader.startsQuery) {
    const query = reader.nested(() => reader.rules.query(reader));
    reader.expect(')');
    return { kind: 'subquery', query, line };
  }
  const inner = reader.nested(() => disjunction(reader));
  reader.expect(')');
  return inner;
}

function caseExpression(reader: Reader): Expression {
  const { line } = reader;
  reader.expect('CASE');
  const input = reader.is('WHEN') ? undefined : parseExpression(reader);
  const branches: { when: Expression; result: Expression }[] = [];
  while (reader.accept('WHEN')) {
    const when = input ? parseExpression(reader) : parseCondition(reader);
    reader.expect('THEN');
    branches.push({ when, result: parseExpression(reader) });
  }
  if (branches.length === 0) throw reader.unexpected();
  const otherwise = reader.accept('ELSE') ? parseExpression(reader) : undefined;
  reader.expect('END');
  return { kind: 'case', ...(input && { input }), branches, ...(otherwise && { otherwise }), line };
}

function nameOrCall(reader: Reader): Expression {
  const { line } = reader;
  const first = reader.token;
  const isPlainCall = reader.ahead(1).upper === '(' && reader.ahead(1).kind === 'symbol';
  if (isPlainCall) {
    reader.next();
    return call(reader, first.upper || first.text.toUpperCase(), line);
  }
  const name = reader.name();
  if (reader.is('(')) {
    const result = call(reader, name.join('.').toUpperCase(), line);
    return { ...result, qualified: name } as FunctionCall;
  }
  return { kind: 'column', name, line };
}

/** Functions whose first argument is a bare word: a date part. */
const datePartFunctions = new Set([
  'DATEADD',
  'DATEDIFF',
  'DATEDIFF_BIG',
  'DATEPART',
  'DATENAME',
  'DATETRUNC',
]);

function call(reader: Reader, name: string, line: number): Expression {
  reader.expect('(');
  if (name === 'CAST' || name === 'TRY_CAST') {
    const operand = parseExpression(reader);
    reader.expect('AS');
    const type = reader.type(30);
    reader.expect(')');
    return { kind: 'cast', operand, type, attempt: name === 'TRY_CAST', line };
  }
  if (name === 'CONVERT' || name === 'TRY_CONVERT') {
    const type = reader.type(30);
    reader.expect(',');
    const operand = parseExpression(reader);
    const style = reader.accept(',') ? parseExpression(reader) : undefined;
    reader.expect(')');
    return {
      kind: 'cast',
      operand,
      type,
      ...(style && { style }),
      attempt: name === 'TRY_CONVERT',
      line,
    };
  }
  if (name === 'IIF') {
    const when = parseCondition(reader);
    reader.expect(',');
    const result = parseExpression(reader);
    reader.expect(',');
    const otherwise = parseExpression(reader);
    reader.expect(')');
    return { kind: 'case', branches: [{ when, result }], otherwise, line };
  }
  const result: FunctionCall = { kind: 'call', name, args: [], distinct: false, star: false, line };
  if (name === 'COUNT' || name === 'COUNT_BIG') result.star = reader.accept('*');
  if (!result.star && !reader.is(')')) {
    if (reader.accept('DISTINCT')) result.distinct = true;
    else reader.accept('ALL');
    if (datePartFunctions.has(name)) {
      const part = reader.next();
      result.args.push({ kind: 'column', name: [part.text], line: part.line });
      if (!reader.is(')')) reader.expect(',');
    }
    if (!reader.is(')')) result.args.push(...reader.list(() => parseExpression(reader)));
  }
  reader.expect(')');
  if (reader.accept('WITHIN', 'GROUP')) {
    reader.expect('(');
    result.withinGroup = parseOrder(reader);
    reader.expect(')');
  }
  if (reader.is('OVER')) result.over = window(reader);
  return result;
}

export function parseOrder(reader: Reader): OrderItem[] {
  reader.expect('ORDER', 'BY');
  return reader.list(() => {
    const expression = parseExpression(reader);
    const descending = reader.accept('DESC');
    if (!descending) reader.accept('ASC');
    return { expression, descending };
  });
}

function window(reader: Reader): Window {
  reader.expect('OVER', '(');
  const partition = reader.accept('PARTITION', 'BY')
    ? reader.list(() => parseExpression(reader))
    : [];
  const order = reader.is('ORDER') ? parseOrder(reader) : [];
  let frame: Window['frame'];
  if (reader.is('ROWS', 'RANGE')) {
    const unit = reader.next().upper as 'ROWS' | 'RANGE';
    if (reader.accept('BETWEEN')) {
      const from = bound(reader);
      reader.expect('AND');
      frame = { unit, from, to: bound(reader) };
    } else frame = { unit, from: bound(reader) };
  }
  reader.expect(')');
  return { partition, order, ...(frame && { frame }) };
}

function bound(reader: Reader): FrameBound {
  if (reader.accept('CURRENT', 'ROW')) return 'CURRENT ROW';
  const start = reader.accept('UNBOUNDED') ? 'UNBOUNDED' : reader.integer();
  if (!reader.is('PRECEDING', 'FOLLOWING')) throw reader.unexpected();
  return `${start} ${reader.next().upper}` as FrameBound;
}
