/** Statements of a batch, with or without semicolons between them. */

import { errors } from '../errors.ts';
import type { Expression, ParameterDeclaration, Statement } from './ast.ts';
import { checkBatch } from './check.ts';
import {
  parseAlter,
  parseCreate,
  parseDrop,
  parseParameters,
  parseTableBody,
} from './definitions.ts';
import { parseExecute } from './execute.ts';
import { parseCondition, parseExpression } from './expressions.ts';
import { parseDelete, parseInsert, parseMerge, parseUpdate } from './modifications.ts';
import { compound, parseQuery, parseWith } from './query.ts';
import { Reader } from './reader.ts';

/**
 * A whole batch; nothing of it runs when any of it is malformed.
 * @param declared variables that it can use from its start
 * @param quotedIdentifier the session's option of this name, where the text begins
 * @throws 102, 156, 137 and others
 */
export function parseBatch(
  source: string,
  declared: Iterable<string> = [],
  quotedIdentifier = true,
): Statement[] {
  const rules = { query: parseQuery, statement: parseStatement };
  const reader = new Reader(source, rules, quotedIdentifier);
  const body: Statement[] = [];
  while (reader.accept(';'));
  // A batch may begin with a procedure's name without EXEC.
  if (reader.isIdentifier() && !startsStatement(reader)) body.push(parseExecute(reader));
  while (reader.accept(';'));
  while (!reader.atEnd) {
    body.push(parseStatement(reader));
    while (reader.accept(';'));
  }
  checkBatch(body, declared);
  return body;
}

/** `@a int, @b nvarchar(10) OUTPUT`, as sp_executesql takes it. */
export function parseParameterList(source: string): ParameterDeclaration[] {
  const reader = new Reader(source, { query: parseQuery, statement: parseStatement });
  if (reader.atEnd) return [];
  const parameters = parseParameters(reader);
  if (!reader.atEnd) throw reader.unexpected();
  return parameters;
}

/** One query or expression by itself: a view's, a default's, a check's text. */
export function newReader(source: string): Reader {
  return new Reader(source, { query: parseQuery, statement: parseStatement });
}

const statementWords = new Set(['THROW', 'DISABLE', 'ENABLE']);
const startsStatement = (reader: Reader) => statementWords.has(reader.token.upper);

export function parseStatement(reader: Reader): Statement {
  return reader.nested(() => statement(reader));
}

function statement(reader: Reader): Statement {
  const { line, token } = reader;
  if (token.kind === 'symbol' && token.upper === '(')
    return { kind: 'select', query: parseQuery(reader), line };
  if (token.kind !== 'word') throw reader.unexpected();
  switch (token.upper) {
    case 'SELECT':
      return { kind: 'select', query: parseQuery(reader), line };
    case 'WITH':
      return withStatement(reader);
    case 'INSERT':
      if (reader.ahead(1).upper === 'BULK') return insertBulk(reader);
      return parseInsert(reader, []);
    case 'UPDATE':
      if (reader.ahead(1).upper === 'STATISTICS') return acceptLine(reader);
      return parseUpdate(reader, []);
    case 'DELETE':
      return parseDelete(reader, []);
    case 'MERGE':
      return parseMerge(reader, []);
    case 'DECLARE':
      return declare(reader);
    case 'SET':
      return set(reader);
    case 'USE':
      reader.next();
      return { kind: 'use', database: reader.identifier(), line };
    case 'PRINT':
      reader.next();
      return { kind: 'print', value: parseExpression(reader), line };
    case 'RAISERROR':
      return raiserror(reader);
    case 'THROW':
      return throwStatement(reader);
    case 'IF':
      return ifStatement(reader);
    case 'WHILE': {
      reader.next();
      const condition = parseCondition(reader);
      return { kind: 'while', condition, body: parseStatement(reader), line };
    }
    case 'BEGIN':
      return begin(reader);
    case 'COMMIT':
    case 'ROLLBACK':
    case 'SAVE':
      return transactionEnd(reader);
    case 'BREAK':
    case 'CONTINUE':
      reader.next();
      return { kind: token.upper === 'BREAK' ? 'break' : 'continue', line };
    case 'RETURN': {
      reader.next();
      const value = startsValue(reader) ? parseExpression(reader) : undefined;
      return { kind: 'return', ...(value && { value }), line };
    }
    case 'WAITFOR': {
      reader.next();
      if (!reader.is('DELAY', 'TIME')) throw reader.unexpected();
      const unit = reader.next().upper as 'DELAY' | 'TIME';
      return { kind: 'waitfor', unit, value: parseExpression(reader), line };
    }
    case 'EXEC':
    case 'EXECUTE':
      return parseExecute(reader);
    case 'TRUNCATE':
      reader.next();
      reader.expect('TABLE');
      return { kind: 'truncate', table: reader.name(), line };
    case 'CREATE':
      return parseCreate(reader);
    case 'ALTER':
      return parseAlter(reader);
    case 'DROP':
      return parseDrop(reader);
    case 'KILL':
      reader.next();
      return { kind: 'kill', session: reader.integer(), line };
    case 'GRANT':
    case 'DENY':
    case 'REVOKE':
    case 'CHECKPOINT':
    case 'DBCC':
      return acceptLine(reader);
    default:
      throw reader.unexpected();
  }
}

/** A statement that is understood to have no effect here: skipped to the next semicolon or statement. */
function acceptLine(reader: Reader): Statement {
  const { line } = reader;
  const what = reader.next().upper;
  while (!reader.atEnd && !reader.is(';') && reader.line === line) reader.next();
  return { kind: 'accepted', what, line };
}

const valueWords = new Set([
  'NULL',
  'CASE',
  'COALESCE',
  'NULLIF',
  'LEFT',
  'RIGHT',
  'CONVERT',
  'TRY_CONVERT',
]);
function startsValue(reader: Reader): boolean {
  const { kind, upper } = reader.token;
  if (kind === 'end') return false;
  if (kind === 'symbol') return ['(', '-', '+', '~'].includes(upper);
  return (
    kind !== 'word' ||
    valueWords.has(upper) ||
    (reader.ahead(1).upper === '(' && reader.isIdentifier())
  );
}

function withStatement(reader: Reader): Statement {
  const { line } = reader;
  const common = parseWith(reader);
  switch (reader.token.upper) {
    case 'INSERT':
      return parseInsert(reader, common);
    case 'UPDATE':
      return parseUpdate(reader, common);
    case 'DELETE':
      return parseDelete(reader, common);
    case 'MERGE':
      return parseMerge(reader, common);
    default:
      return { kind: 'select', query: parseQuery(reader, common), line };
  }
}

function ifStatement(reader: Reader): Statement {
  const { line } = reader;
  reader.expect('IF');
  const condition = parseCondition(reader);
  const body = parseStatement(reader);
  // One semicolon may stand before ELSE.
  if (reader.is(';') && reader.ahead(1).upper === 'ELSE') reader.next();
  const otherwise = reader.accept('ELSE') ? parseStatement(reader) : undefined;
  return { kind: 'if', condition, body, ...(otherwise && { otherwise }), line };
}

function begin(reader: Reader): Statement {
  const { line } = reader;
  reader.expect('BEGIN');
  if (reader.accept('TRAN') || reader.accept('TRANSACTION')) {
    const name = transactionName(reader);
    if (reader.accept('WITH', 'MARK') && reader.token.kind === 'string') reader.next();
    return { kind: 'begin', ...(name !== undefined && { name }), line };
  }
  if (reader.accept('TRY')) {
    const tried = block(reader);
    reader.expect('TRY');
    while (reader.accept(';'));
    reader.expect('BEGIN', 'CATCH');
    const handler = block(reader);
    reader.expect('CATCH');
    return { kind: 'try', body: tried, handler, line };
  }
  return { kind: 'block', body: block(reader), line };
}

/** Statements up to and with END. */
function block(reader: Reader): Statement[] {
  const statements: Statement[] = [];
  while (reader.accept(';'));
  while (!reader.accept('END')) {
    statements.push(parseStatement(reader));
    while (reader.accept(';'));
  }
  return statements;
}

function transactionName(reader: Reader): string | Expression | undefined {
  if (reader.token.kind === 'variable')
    return { kind: 'variable', name: reader.variable(), line: reader.line };
  return reader.isIdentifier() && !startsStatement(reader) ? reader.identifier() : undefined;
}

function transactionEnd(reader: Reader): Statement {
  const { line } = reader;
  const kind = reader.next().upper.toLowerCase() as 'commit' | 'rollback' | 'save';
  const isWork = kind !== 'save' && reader.accept('WORK');
  if (!isWork && !reader.accept('TRAN') && !reader.accept('TRANSACTION')) {
    if (kind === 'save') throw reader.unexpected();
    return { kind, line };
  }
  const name = isWork ? undefined : transactionName(reader);
  if (kind === 'save' && name === undefined) throw reader.unexpected();
  return { kind, ...(name !== undefined && { name }), line };
}

function declare(reader: Reader): Statement {
  const { line } = reader;
  reader.expect('DECLARE');
  const variables = reader.list(() => {
    const name = reader.variable();
    reader.accept('AS');
    if (reader.accept('TABLE')) return { name, table: parseTableBody(reader) };
    const type = reader.type();
    const value = reader.accept('=') ? parseExpression(reader) : undefined;
    return { name, type, ...(value && { value }) };
  });
  return { kind: 'declare', variables, line };
}

/** SET options that take ON or OFF; they change nothing unless the session knows better. */
const onOffOptions = new Set(
  `NOCOUNT XACT_ABORT FORCEPLAN ANSI_DEFAULTS ANSI_NULL_DFLT_ON ANSI_NULL_DFLT_OFF ANSI_NULLS ANSI_PADDING
ANSI_WARNINGS ARITHABORT ARITHIGNORE CONCAT_NULL_YIELDS_NULL CURSOR_CLOSE_ON_COMMIT FMTONLY IMPLICIT_TRANSACTIONS
NOEXEC NUMERIC_ROUNDABORT PARSEONLY QUOTED_IDENTIFIER REMOTE_PROC_TRANSACTIONS SHOWPLAN_ALL SHOWPLAN_TEXT
SHOWPLAN_XML NO_BROWSETABLE`.split(/\s+/),
);
const valueOptions = new Set([
  'LOCK_TIMEOUT',
  'DEADLOCK_PRIORITY',
  'DATEFIRST',
  'DATEFORMAT',
  'LANGUAGE',
  'ROWCOUNT',
  'TEXTSIZE',
  'QUERY_GOVERNOR_COST_LIMIT',
  'CONTEXT_INFO',
]);

function set(reader: Reader): Statement {
  const { line } = reader;
  reader.expect('SET');
  if (reader.token.kind === 'variable') {
    const name = reader.variable();
    if (!/^[-+*/%&|^]?=$/.test(reader.token.upper)) throw reader.unexpected();
    const operator = reader.next().upper;
    return {
      kind: 'setVariable',
      name,
      value: compound(reader, operator, { kind: 'variable', name, line }),
      line,
    };
  }
  if (reader.accept('TRANSACTION', 'ISOLATION', 'LEVEL')) {
    const words = [reader.next().upper];
    if (words[0] === 'READ' || words[0] === 'REPEATABLE') words.push(reader.next().upper);
    const level = words.join(' ').toLowerCase();
    if (
      ![
        'read uncommitted',
        'read committed',
        'repeatable read',
        'serializable',
        'snapshot',
      ].includes(level)
    ) {
      throw reader.unexpected();
    }
    return { kind: 'setOption', options: ['ISOLATION LEVEL'], value: level, line };
  }
  if (reader.accept('IDENTITY_INSERT')) {
    const table = reader.name();
    return {
      kind: 'setOption',
      options: ['IDENTITY_INSERT', ...table],
      value: onOff(reader),
      line,
    };
  }
  if (reader.accept('STATISTICS')) {
    const options = reader.list(() => `STATISTICS ${reader.next().upper}`);
    return { kind: 'setOption', options, value: onOff(reader), line };
  }
  const options = reader.list(() => {
    const token = reader.next();
    if (token.kind !== 'word') throw reader.unexpected(token);
    if (!onOffOptions.has(token.upper) && !valueOptions.has(token.upper)) {
      throw reader.at(errors.notSetOption(token.text), token.line);
    }
    return token.upper;
  });
  if (options.every((option) => onOffOptions.has(option))) {
    return { kind: 'setOption', options, value: onOff(reader), line };
  }
  if (reader.isIdentifier())
    return { kind: 'setOption', options, value: reader.identifier(), line };
  return { kind: 'setOption', options, value: parseExpression(reader), line };
}

function onOff(reader: Reader): string {
  if (!reader.is('ON', 'OFF')) throw reader.unexpected();
  return reader.next().upper;
}

function raiserror(reader: Reader): Statement {
  const { line } = reader;
  reader.expect('RAISERROR', '(');
  const message = parseExpression(reader);
  reader.expect(',');
  const severity = parseExpression(reader);
  reader.expect(',');
  const state = parseExpression(reader);
  const args = reader.accept(',') ? reader.list(() => parseExpression(reader)) : [];
  reader.expect(')');
  const options: string[] = [];
  if (reader.accept('WITH')) {
    options.push(
      ...reader.list(() => {
        if (!reader.is('NOWAIT', 'LOG', 'SETERROR')) throw reader.unexpected();
        return reader.next().upper;
      }),
    );
  }
  return { kind: 'raiserror', message, severity, state, args, options, line };
}

function throwStatement(reader: Reader): Statement {
  const { line } = reader;
  reader.next();
  if (reader.token.kind !== 'number' && reader.token.kind !== 'variable')
    return { kind: 'throw', line };
  const number = parseExpression(reader);
  reader.expect(',');
  const message = parseExpression(reader);
  reader.expect(',');
  return { kind: 'throw', args: [number, message, parseExpression(reader)], line };
}

function insertBulk(reader: Reader): Statement {
  const { line } = reader;
  reader.expect('INSERT', 'BULK');
  const table = reader.name();
  reader.expect('(');
  const columns = reader.list(() => {
    const column = { name: reader.identifier(), type: reader.type() };
    if (reader.accept('COLLATE')) reader.identifier();
    reader.accept('NOT', 'NULL') || reader.accept('NULL');
    return column;
  });
  reader.expect(')');
  if (reader.accept('WITH')) {
    reader.expect('(');
    while (!reader.accept(')')) {
      if (reader.atEnd) throw reader.unexpected();
      reader.next();
    }
  }
  return { kind: 'insertBulk', table, columns, line };
}
