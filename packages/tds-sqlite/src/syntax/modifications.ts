/** INSERT, UPDATE, DELETE, MERGE. */

import { errors } from '../errors.ts';
import type {
  Assignment,
  CommonTable,
  DeleteStatement,
  InsertSource,
  InsertStatement,
  MergeClause,
  MergeStatement,
  Name,
  OutputClause,
  UpdateStatement,
} from './ast.ts';
import { parseExecute } from './execute.ts';
import { parseCondition, parseExpression } from './expressions.ts';
import { compound, parseFrom, parseQuery, parseRow, parseTop, selectItem } from './query.ts';
import type { Reader } from './reader.ts';

/** A table, or a table variable by its name with `@`. */
function target(reader: Reader): Name {
  const name = reader.token.kind === 'variable' ? [reader.variable()] : reader.name();
  if (reader.is('WITH') && reader.ahead(1).upper === '(') {
    reader.next();
    reader.expect('(');
    while (!reader.accept(')')) {
      if (reader.atEnd) throw reader.unexpected();
      reader.next();
    }
  }
  return name;
}

function outputs(reader: Reader): OutputClause[] {
  const clauses: OutputClause[] = [];
  while (reader.accept('OUTPUT')) {
    const clause: OutputClause = { items: reader.list(() => selectItem(reader)) };
    if (reader.accept('INTO')) {
      const table = target(reader);
      clause.into = { table, ...(reader.is('(') && { columns: reader.names() }) };
    }
    clauses.push(clause);
  }
  return clauses;
}

export function parseInsert(reader: Reader, common: CommonTable[]): InsertStatement {
  const { line } = reader;
  reader.expect('INSERT');
  const top = parseTop(reader);
  reader.accept('INTO');
  const table = target(reader);
  const columns = reader.is('(') && !reader.startsQuery ? columnNames(reader) : undefined;
  const output = outputs(reader);
  return {
    kind: 'insert',
    with: common,
    ...(top && { top }),
    table,
    ...(columns && { columns }),
    output,
    source: insertSource(reader),
    line,
  };
}

/** Column names may carry a prefix, which means nothing: `INSERT t (dbo.t.a)`. */
function columnNames(reader: Reader): string[] {
  reader.expect('(');
  const names = reader.list(() => reader.name().at(-1) ?? '');
  reader.expect(')');
  return names;
}

function insertSource(reader: Reader): InsertSource {
  if (reader.accept('DEFAULT', 'VALUES')) return { kind: 'defaults' };
  if (reader.is('EXEC', 'EXECUTE')) return { kind: 'execute', statement: parseExecute(reader) };
  if (!reader.accept('VALUES')) {
    if (!reader.startsQuery) throw reader.unexpected();
    return { kind: 'query', query: parseQuery(reader) };
  }
  const rows = reader.list(() => parseRow(reader));
  const width = rows[0]?.length;
  if (rows.some((row) => row.length !== width)) throw reader.at(errors.fewerColumns());
  return { kind: 'values', rows };
}

function assignments(reader: Reader): Assignment[] {
  return reader.list(() => {
    const { line } = reader;
    if (reader.token.kind === 'variable') {
      const variable = reader.variable();
      reader.expect('=');
      // @v = column = value
      if (reader.isIdentifier() && reader.ahead(1).upper === '=') {
        const column = reader.name();
        reader.next();
        return { column, variable, value: parseExpression(reader), line };
      }
      return { variable, value: parseExpression(reader), line };
    }
    const column = reader.name();
    if (!/^[-+*/%&|^]?=$/.test(reader.token.upper)) throw reader.unexpected();
    const operator = reader.next().upper;
    return {
      column,
      value: compound(reader, operator, { kind: 'column', name: column, line }),
      line,
    };
  });
}

export function parseUpdate(reader: Reader, common: CommonTable[]): UpdateStatement {
  const { line } = reader;
  reader.expect('UPDATE');
  const top = parseTop(reader);
  const name = target(reader);
  reader.expect('SET');
  const set = assignments(reader);
  const output = outputs(reader);
  const from = reader.accept('FROM') ? parseFrom(reader) : [];
  const where = reader.accept('WHERE') ? parseCondition(reader) : undefined;
  skipOption(reader);
  return {
    kind: 'update',
    with: common,
    ...(top && { top }),
    target: name,
    assignments: set,
    output,
    from,
    ...(where && { where }),
    line,
  };
}

export function parseDelete(reader: Reader, common: CommonTable[]): DeleteStatement {
  const { line } = reader;
  reader.expect('DELETE');
  const top = parseTop(reader);
  reader.accept('FROM');
  const name = target(reader);
  const output = outputs(reader);
  const from = reader.accept('FROM') ? parseFrom(reader) : [];
  const where = reader.accept('WHERE') ? parseCondition(reader) : undefined;
  skipOption(reader);
  return {
    kind: 'delete',
    with: common,
    ...(top && { top }),
    target: name,
    output,
    from,
    ...(where && { where }),
    line,
  };
}

function skipOption(reader: Reader): void {
  if (!reader.accept('OPTION')) return;
  reader.expect('(');
  while (!reader.accept(')')) {
    if (reader.atEnd) throw reader.unexpected();
    reader.next();
  }
}

export function parseMerge(reader: Reader, common: CommonTable[]): MergeStatement {
  const { line } = reader;
  reader.expect('MERGE');
  reader.accept('INTO');
  const name = target(reader);
  const alias =
    reader.accept('AS') || (reader.isIdentifier() && !reader.is('USING'))
      ? reader.identifier()
      : undefined;
  reader.expect('USING');
  const [source] = parseFrom(reader);
  if (!source) throw reader.unexpected();
  reader.expect('ON');
  const on = parseCondition(reader);
  const clauses: MergeClause[] = [];
  while (reader.accept('WHEN')) clauses.push(mergeClause(reader));
  if (clauses.length === 0) throw reader.unexpected();
  const output = outputs(reader);
  skipOption(reader);
  // MERGE is the one statement that must end in a semicolon (error 10713).
  if (!reader.is(';')) throw reader.at(errors.mergeSemicolon());
  return {
    kind: 'merge',
    with: common,
    target: name,
    ...(alias && { alias }),
    source,
    on,
    clauses,
    output,
    line,
  };
}

function mergeClause(reader: Reader): MergeClause {
  let when: MergeClause['when'] = 'matched';
  if (reader.accept('NOT')) {
    when = 'notMatched';
    reader.expect('MATCHED');
    if (reader.accept('BY', 'SOURCE')) when = 'notMatchedBySource';
    else reader.accept('BY', 'TARGET');
  } else reader.expect('MATCHED');
  const condition = reader.accept('AND') ? parseCondition(reader) : undefined;
  reader.expect('THEN');
  const clause = (action: MergeClause['action']): MergeClause => ({
    when,
    ...(condition && { condition }),
    action,
  });
  if (reader.accept('DELETE')) return clause({ kind: 'delete' });
  if (reader.accept('UPDATE')) {
    reader.expect('SET');
    return clause({ kind: 'update', assignments: assignments(reader) });
  }
  reader.expect('INSERT');
  const columns = reader.is('(') ? columnNames(reader) : undefined;
  if (reader.accept('DEFAULT', 'VALUES'))
    return clause({ kind: 'insert', ...(columns && { columns }) });
  reader.expect('VALUES');
  return clause({ kind: 'insert', ...(columns && { columns }), values: parseRow(reader) });
}
