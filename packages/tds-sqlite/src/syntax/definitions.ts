/** CREATE, ALTER and DROP. */

import { errors } from '../errors.ts';
import { types } from '../values/types.ts';
import type {
  AlterAction,
  ColumnDefinition,
  CreateMode,
  Name,
  ParameterDeclaration,
  Statement,
  TableBody,
  TableConstraint,
} from './ast.ts';
import { parseCondition, parseExpression } from './expressions.ts';
import { parseQuery } from './query.ts';
import type { Reader } from './reader.ts';

export function parseCreate(reader: Reader): Statement {
  const { line } = reader;
  const from = reader.token.start;
  reader.expect('CREATE');
  if (reader.accept('OR', 'ALTER')) return module(reader, 'createOrAlter', from, line);
  if (reader.accept('TABLE')) {
    const name = reader.name();
    return { kind: 'createTable', name, body: parseTableBody(reader), line };
  }
  if (reader.accept('SCHEMA')) {
    const name = reader.identifier();
    if (reader.accept('AUTHORIZATION')) reader.identifier();
    return { kind: 'createSchema', name, line };
  }
  if (reader.is('UNIQUE', 'CLUSTERED', 'NONCLUSTERED', 'INDEX')) return createIndex(reader, line);
  if (reader.is('STATISTICS', 'LOGIN', 'USER', 'ROLE')) {
    const what = reader.next().upper;
    while (!reader.atEnd && !reader.is(';') && reader.line === line) reader.next();
    return { kind: 'accepted', what, line };
  }
  if (reader.is(...notThere)) throw errors.invalidUse(`CREATE ${reader.token.upper}`);
  return module(reader, 'create', from, line);
}

/** T-SQL that SQL Server takes and we do not: somebody who knows it is not to look for a slip. */
const notThere = ['DATABASE', 'FUNCTION', 'TRIGGER', 'TYPE', 'SEQUENCE', 'SYNONYM'] as const;

function createIndex(reader: Reader, line: number): Statement {
  const unique = reader.accept('UNIQUE');
  reader.accept('CLUSTERED') || reader.accept('NONCLUSTERED');
  reader.expect('INDEX');
  const name = reader.identifier();
  reader.expect('ON');
  const table = reader.name();
  const columns = indexColumns(reader);
  if (reader.accept('INCLUDE')) reader.names();
  const start = reader.ahead(1).start;
  const where = reader.accept('WHERE') ? parseCondition(reader) : undefined;
  const text = where && reader.source.slice(start, reader.lastEnd);
  indexOptions(reader);
  return {
    kind: 'createIndex',
    name,
    table,
    columns,
    unique,
    ...(where && { where }),
    ...(text && { text }),
    line,
  };
}

/** `WITH (…)` and `ON filegroup` mean nothing here. */
function indexOptions(reader: Reader): void {
  if (reader.is('WITH') && reader.ahead(1).upper === '(') {
    reader.next();
    reader.next();
    for (let depth = 1; depth > 0; reader.next()) {
      if (reader.atEnd) throw reader.unexpected();
      if (reader.is('(')) depth++;
      if (reader.is(')')) depth--;
    }
  }
  if (reader.is('ON') && reader.isIdentifier(reader.ahead(1))) {
    reader.next();
    reader.identifier();
  } else if (reader.is('ON') && reader.ahead(1).upper === 'PRIMARY') {
    reader.next();
    reader.next();
  }
}

function indexColumns(reader: Reader): { name: string; descending: boolean }[] {
  reader.expect('(');
  const columns = reader.list(() => {
    const name = reader.identifier();
    const descending = reader.accept('DESC');
    if (!descending) reader.accept('ASC');
    return { name, descending };
  });
  reader.expect(')');
  return columns;
}

export function parseTableBody(reader: Reader): TableBody {
  const body: TableBody = { columns: [], constraints: [], indexes: [] };
  reader.expect('(');
  do {
    if (reader.is(')')) break;
    if (reader.accept('INDEX')) {
      const name = reader.identifier();
      const unique = reader.accept('UNIQUE');
      reader.accept('CLUSTERED') || reader.accept('NONCLUSTERED');
      body.indexes.push({ name, unique, columns: indexColumns(reader) });
    } else if (startsConstraint(reader)) body.constraints.push(constraint(reader));
    else body.columns.push(column(reader));
  } while (reader.accept(','));
  reader.expect(')');
  indexOptions(reader);
  if (reader.accept('TEXTIMAGE_ON')) reader.next();
  return body;
}

const startsConstraint = (reader: Reader) =>
  reader.is('CONSTRAINT', 'PRIMARY', 'UNIQUE', 'FOREIGN', 'CHECK');

function column(reader: Reader): ColumnDefinition {
  const name = reader.identifier();
  if (reader.accept('AS')) {
    const start = reader.token.start;
    const expression = parseExpression(reader);
    const text = reader.source.slice(start, reader.lastEnd);
    const persisted = reader.accept('PERSISTED');
    reader.accept('NOT', 'NULL');
    // The type is found when the table is made.
    return { name, type: types.int, computed: { text, expression, persisted }, constraints: [] };
  }
  const result: ColumnDefinition = { name, type: reader.type(), constraints: [] };
  for (;;) {
    if (reader.accept('NOT', 'NULL')) result.nullable = false;
    else if (reader.accept('NULL')) result.nullable = true;
    else if (reader.accept('COLLATE')) result.collation = reader.identifier();
    else if (reader.accept('ROWGUIDCOL') || reader.accept('SPARSE')) continue;
    else if (reader.accept('IDENTITY')) {
      result.identity = { seed: 1, increment: 1 };
      if (reader.accept('(')) {
        const seed = reader.integer();
        reader.expect(',');
        result.identity = { seed, increment: reader.integer() };
        reader.expect(')');
      }
      reader.accept('NOT', 'FOR', 'REPLICATION');
    } else if (startsConstraint(reader) || reader.is('DEFAULT', 'REFERENCES'))
      columnConstraint(reader, result);
    else return result;
  }
}

function columnConstraint(reader: Reader, column: ColumnDefinition): void {
  const name = reader.accept('CONSTRAINT') ? reader.identifier() : undefined;
  const named = name !== undefined ? { name } : {};
  if (reader.accept('DEFAULT')) {
    const start = reader.token.start;
    const expression = parseExpression(reader);
    const text = reader.source.slice(start, reader.lastEnd);
    column.default = { text, expression, ...(name !== undefined && { constraint: name }) };
  } else if (reader.accept('NOT', 'NULL')) column.nullable = false;
  else if (reader.accept('NULL')) column.nullable = true;
  else if (reader.is('PRIMARY', 'UNIQUE')) {
    column.constraints.push({
      ...key(reader, [{ name: column.name, descending: false }]),
      ...named,
    });
  } else if (reader.accept('CHECK')) {
    column.constraints.push({ ...check(reader), ...named, column: column.name });
  } else {
    if (reader.accept('FOREIGN')) reader.expect('KEY');
    column.constraints.push({ ...references(reader, [column.name]), ...named });
  }
}

function constraint(reader: Reader): TableConstraint {
  const name = reader.accept('CONSTRAINT') ? reader.identifier() : undefined;
  const named = name !== undefined ? { name } : {};
  if (reader.is('PRIMARY', 'UNIQUE')) return { ...key(reader), ...named };
  if (reader.accept('CHECK')) return { ...check(reader), ...named };
  if (reader.accept('DEFAULT')) {
    const start = reader.token.start;
    const expression = parseExpression(reader);
    const text = reader.source.slice(start, reader.lastEnd);
    reader.expect('FOR');
    return { kind: 'default', column: reader.identifier(), expression, text, ...named };
  }
  reader.expect('FOREIGN', 'KEY');
  return { ...references(reader, reader.names()), ...named };
}

function key(
  reader: Reader,
  own?: { name: string; descending: boolean }[],
): TableConstraint & { kind: 'primary' | 'unique' } {
  const kind = reader.accept('UNIQUE') ? 'unique' : 'primary';
  if (kind === 'primary') reader.expect('PRIMARY', 'KEY');
  reader.accept('CLUSTERED') || reader.accept('NONCLUSTERED');
  const columns = own && !reader.is('(') ? own : indexColumns(reader);
  indexOptions(reader);
  return { kind, columns };
}

function check(reader: Reader): TableConstraint & { kind: 'check' } {
  reader.accept('NOT', 'FOR', 'REPLICATION');
  reader.expect('(');
  const start = reader.token.start;
  const condition = parseCondition(reader);
  const text = reader.source.slice(start, reader.lastEnd);
  reader.expect(')');
  return { kind: 'check', condition, text };
}

function references(reader: Reader, columns: string[]): TableConstraint & { kind: 'foreign' } {
  reader.expect('REFERENCES');
  const result: TableConstraint & { kind: 'foreign' } = {
    kind: 'foreign',
    columns,
    table: reader.name(),
    references: [],
  };
  if (reader.is('(')) result.references = reader.names();
  while (reader.accept('ON')) {
    const what = reader.next().upper;
    const action = reader.accept('NO', 'ACTION')
      ? 'NO ACTION'
      : reader.accept('SET', 'NULL')
        ? 'SET NULL'
        : reader.accept('SET', 'DEFAULT')
          ? 'SET DEFAULT'
          : reader.accept('CASCADE')
            ? 'CASCADE'
            : undefined;
    if (!action) throw reader.unexpected();
    if (what === 'DELETE') result.onDelete = action;
    else result.onUpdate = action;
  }
  return result;
}

/** Procedure or view: to the end of the batch. */
function module(reader: Reader, mode: CreateMode, from: number, line: number): Statement {
  const text = reader.source.slice(from);
  if (reader.accept('PROC') || reader.accept('PROCEDURE')) {
    const name = reader.name();
    const bracket = reader.accept('(');
    const parameters = reader.token.kind === 'variable' ? parseParameters(reader) : [];
    if (bracket) reader.expect(')');
    if (reader.accept('WITH')) {
      reader.list(() => {
        const option = reader.next().upper;
        if (option === 'EXECUTE') {
          reader.expect('AS');
          reader.next();
        }
      });
    }
    reader.expect('AS');
    const body: Statement[] = [];
    while (reader.accept(';'));
    while (!reader.atEnd) {
      body.push(reader.rules.statement(reader));
      while (reader.accept(';'));
    }
    return { kind: 'createProcedure', name, parameters, body, text, mode, line };
  }
  if (reader.accept('VIEW')) {
    const name = reader.name();
    const columns = reader.is('(') ? reader.names() : undefined;
    if (reader.accept('WITH')) reader.list(() => reader.next());
    reader.expect('AS');
    const query = parseQuery(reader);
    reader.accept('WITH', 'CHECK', 'OPTION');
    return { kind: 'createView', name, ...(columns && { columns }), query, text, mode, line };
  }
  throw reader.unexpected();
}

/** The list of sp_executesql, or of a procedure's head. */
export function parseParameters(reader: Reader): ParameterDeclaration[] {
  return reader.list(() => parameter(reader));
}

function parameter(reader: Reader): ParameterDeclaration {
  const name = reader.variable();
  reader.accept('AS');
  const type = reader.type();
  reader.accept('NOT', 'NULL') || reader.accept('NULL');
  const value = reader.accept('=') ? parseExpression(reader) : undefined;
  const output = reader.accept('OUTPUT') || reader.accept('OUT');
  reader.accept('READONLY');
  return { name, type, ...(value && { default: value }), output };
}

export function parseAlter(reader: Reader): Statement {
  const { line } = reader;
  const from = reader.token.start;
  reader.expect('ALTER');
  if (reader.accept('TABLE')) {
    const table = reader.name();
    return { kind: 'alterTable', table, action: alterAction(reader), line };
  }
  if (reader.accept('DATABASE')) return alterDatabase(reader, line);
  if (reader.is('INDEX', 'SCHEMA', 'LOGIN', 'USER', 'ROLE', 'AUTHORIZATION')) {
    const what = reader.next().upper;
    while (!reader.atEnd && !reader.is(';') && reader.line === line) reader.next();
    return { kind: 'accepted', what, line };
  }
  return module(reader, 'alter', from, line);
}

function alterDatabase(reader: Reader, line: number): Statement {
  const name = reader.accept('CURRENT') ? undefined : reader.identifier();
  const own = { kind: 'alterDatabase' as const, ...(name !== undefined && { name }), line };
  if (reader.accept('SET', 'COMPATIBILITY_LEVEL')) {
    reader.expect('=');
    return { ...own, level: reader.integer() };
  }
  if (reader.accept('SET', 'READ_COMMITTED_SNAPSHOT')) {
    const rowVersions = !reader.accept('OFF');
    if (rowVersions) reader.expect('ON');
    if (reader.accept('WITH')) reader.accept('NO_WAIT') || reader.accept('ROLLBACK', 'IMMEDIATE');
    return { ...own, rowVersions };
  }
  if (reader.accept('SET', 'ALLOW_SNAPSHOT_ISOLATION')) {
    const snapshots = !reader.accept('OFF');
    if (snapshots) reader.expect('ON');
    return { ...own, snapshots };
  }
  while (!reader.atEnd && !reader.is(';') && reader.line === line) reader.next();
  return { kind: 'accepted', what: 'DATABASE', line };
}

function alterAction(reader: Reader): AlterAction {
  if (reader.accept('WITH')) reader.accept('CHECK') || reader.accept('NOCHECK');
  if (reader.accept('ADD')) {
    const action: AlterAction & { kind: 'add' } = { kind: 'add', columns: [], constraints: [] };
    reader.list(() => {
      if (startsConstraint(reader) || reader.is('DEFAULT'))
        action.constraints.push(constraint(reader));
      else action.columns.push(column(reader));
    });
    return action;
  }
  if (reader.accept('DROP')) {
    const isColumn = reader.accept('COLUMN');
    if (!isColumn) reader.accept('CONSTRAINT');
    const ifExists = reader.accept('IF', 'EXISTS');
    const names = reader.list(() => reader.identifier());
    return { kind: isColumn ? 'dropColumn' : 'dropConstraint', names, ifExists };
  }
  if (reader.accept('ALTER', 'COLUMN')) return { kind: 'alterColumn', column: column(reader) };
  if (reader.is('CHECK', 'NOCHECK')) {
    reader.next();
    reader.expect('CONSTRAINT');
    reader.list(() => reader.next());
    return { kind: 'nothing' };
  }
  throw reader.unexpected();
}

export function parseDrop(reader: Reader): Statement {
  const { line } = reader;
  reader.expect('DROP');
  const kinds = {
    TABLE: 'dropTable',
    PROC: 'dropProcedure',
    PROCEDURE: 'dropProcedure',
    VIEW: 'dropView',
    SCHEMA: 'dropSchema',
  } as const;
  const word = reader.next();
  if (word.upper === 'INDEX') {
    const ifExists = reader.accept('IF', 'EXISTS');
    const parts: Name = reader.name();
    if (reader.accept('ON'))
      return { kind: 'dropIndex', name: parts.at(-1) ?? '', table: reader.name(), ifExists, line };
    return {
      kind: 'dropIndex',
      name: parts.at(-1) ?? '',
      table: parts.slice(0, -1),
      ifExists,
      line,
    };
  }
  const kind = kinds[word.upper as keyof typeof kinds];
  if (!kind) throw reader.unexpected(word);
  const ifExists = reader.accept('IF', 'EXISTS');
  return { kind, names: reader.list(() => reader.name()), ifExists, line };
}
