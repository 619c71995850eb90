/** Tables: from their T-SQL definitions to SQLite's. */

import { errors } from '../errors.ts';
import type { Connection } from '../storage/connection.ts';
import {
  quoteName,
  type StoredColumn,
  type StoredKey,
  type StoredTable,
  sqliteName,
} from '../storage/model.ts';
import type { ColumnDefinition, Name, TableBody, TableConstraint } from '../syntax/ast.ts';
import { parseCondition, parseExpression } from '../syntax/expressions.ts';
import { newReader } from '../syntax/statements.ts';
import { conditionSql } from '../translate/condition.ts';
import { emptyScope, type ResultColumn, type Scope } from '../translate/context.ts';
import { convertSql } from '../translate/convert-sql.ts';
import { checkNames } from '../translate/from.ts';
import { defaultCollation, isCollation, isExact } from '../values/collation.ts';
import { declaredType } from '../values/stored.ts';
import { family } from '../values/types.ts';
import { translation } from './evaluate.ts';
import { catalogOf, isTemporary, placeOf } from './names.ts';
import { newFrame, type SessionState } from './state.ts';

const suffix = () =>
  Math.floor(Math.random() * 0xffffffff)
    .toString(16)
    .toUpperCase()
    .padStart(8, '0');

type Draft = Omit<StoredTable, 'id' | 'sql' | 'database'>;

/**
 * @param isOfProcedure a temporary table that is lost at a procedure's end, and may be there from its
 * last call
 * @throws 2714, 2760, 2705, 8110
 */
export function createTable(
  session: SessionState,
  name: Name,
  body: TableBody,
  isOfProcedure = false,
): StoredTable {
  if (!isOfProcedure) return store(session, name, draftOf(session, name, body));
  const { temporary } = session.connection();
  const resting = temporary.wake(body);
  if (resting) return resting;
  const table = store(session, name, draftOf(session, name, body));
  temporary.made(table, body);
  return table;
}

export function createFromColumns(
  session: SessionState,
  name: Name,
  columns: ResultColumn[],
): StoredTable {
  if (columns.some((column) => column.name === '')) throw errors.noImplicitColumnName();
  checkNames(columns, name.at(-1) ?? '');
  const draft = draftOf(session, name, { columns: [], constraints: [], indexes: [] });
  draft.columns = columns.map(({ name: own, type, nullable, collation }) => ({
    ...{ name: own, type, nullable },
    ...(collation !== undefined && { collation }),
  }));
  return store(session, name, draft);
}

/** A table variable is a temporary table under a name that nobody can write. */
export function createTableVariable(
  session: SessionState,
  name: string,
  body: TableBody,
  isOfProcedure: boolean,
): StoredTable {
  return createTable(session, [`#${name}$${suffix()}`], body, isOfProcedure);
}

function draftOf(session: SessionState, name: Name, body: TableBody): Draft {
  const temporary = isTemporary(name);
  const place = placeOf(session, name);
  const schemaName = temporary
    ? ''
    : (catalogOf(session, place.database).schema(place.schema || 'dbo') ?? '');
  if (!temporary && schemaName === '') throw errors.schemaMissing(place.schema);
  const draft: Draft = {
    kind: 'table',
    schema: schemaName,
    name: place.object,
    columns: [],
    keys: [],
    foreignKeys: [],
    checks: [],
    created: new Date().toISOString().slice(0, -1),
  };
  for (const definition of body.columns) addColumn(draft, definition);
  for (const definition of body.columns) {
    for (const constraint of definition.constraints) addConstraint(session, draft, constraint);
  }
  for (const constraint of body.constraints) addConstraint(session, draft, constraint);
  for (const index of body.indexes) {
    draft.keys.push({
      kind: 'index',
      name: index.name,
      columns: index.columns,
      uniqueIndex: index.unique,
    });
  }
  return draft;
}

/** What COLLATE says in a column's declaration. @throws 448 */
export function collated(collation: string | undefined): Pick<StoredColumn, 'collation'> {
  const isOwn = collation === undefined || /^database_default$/i.test(collation);
  if (isOwn || collation.toLowerCase() === defaultCollation.toLowerCase()) return {};
  if (!isCollation(collation)) throw errors.invalidCollation(collation);
  return { collation };
}

export function addColumn(draft: Draft, definition: ColumnDefinition): StoredColumn {
  const { name, type, identity } = definition;
  if (draft.columns.some((column) => column.name.toLowerCase() === name.toLowerCase())) {
    throw errors.duplicateColumn(name, draft.name);
  }
  const column: StoredColumn = {
    name,
    type,
    nullable: identity ? false : (definition.nullable ?? true),
    ...collated(definition.collation),
    ...(identity && { identity }),
    ...(definition.default && {
      default: {
        text: definition.default.text,
        constraint: definition.default.constraint ?? `DF__${draft.name}__${name}__${suffix()}`,
      },
    }),
    ...(definition.computed && {
      computed: { text: definition.computed.text, persisted: definition.computed.persisted },
    }),
  };
  draft.columns.push(column);
  return column;
}

const find = (draft: Draft, name: string): StoredColumn => {
  const column = draft.columns.find(
    (candidate) => candidate.name.toLowerCase() === name.toLowerCase(),
  );
  if (!column) throw errors.keyColumnMissing(name);
  return column;
};

export function addConstraint(
  session: SessionState,
  draft: Draft,
  constraint: TableConstraint,
): void {
  switch (constraint.kind) {
    case 'primary':
    case 'unique': {
      if (constraint.kind === 'primary' && draft.keys.some((key) => key.kind === 'primary'))
        throw errors.twoPrimaryKeys(draft.name);
      const columns = constraint.columns.map(({ name, descending }) => {
        const column = find(draft, name);
        if (constraint.kind === 'primary') column.nullable = false;
        return { name: column.name, descending };
      });
      const prefix = constraint.kind === 'primary' ? 'PK' : 'UQ';
      draft.keys.push({
        kind: constraint.kind,
        name: constraint.name ?? `${prefix}__${draft.name}__${suffix()}`,
        columns,
      });
      return;
    }
    case 'check':
      draft.checks.push({
        name: constraint.name ?? `CK__${draft.name}__${constraint.column ?? ''}__${suffix()}`,
        text: constraint.text,
      });
      return;
    case 'default': {
      const column = find(draft, constraint.column);
      column.default = {
        text: constraint.text,
        constraint: constraint.name ?? `DF__${draft.name}__${column.name}__${suffix()}`,
      };
      return;
    }
    case 'foreign':
      addForeignKey(session, draft, constraint);
  }
}

function addForeignKey(
  session: SessionState,
  draft: Draft,
  constraint: Extract<TableConstraint, { kind: 'foreign' }>,
): void {
  const { schema, object, database } = placeOf(session, constraint.table);
  const isItself =
    object.toLowerCase() === draft.name.toLowerCase() &&
    (schema || 'dbo').toLowerCase() === draft.schema.toLowerCase();
  const target = isItself ? draft : catalogOf(session, database).find(schema || 'dbo', object);
  if (target?.kind !== 'table')
    throw errors.foreignTableMissing(constraint.name ?? 'FK', constraint.table.join('.'));
  const key = target.keys.find((candidate) => candidate.kind === 'primary');
  const references = constraint.references.length
    ? constraint.references
    : (key?.columns ?? []).map(({ name }) => name);
  draft.foreignKeys.push({
    name: constraint.name ?? `FK__${draft.name}__${constraint.columns.join('_')}__${suffix()}`,
    columns: constraint.columns.map((name) => find(draft, name).name),
    table: sqliteName(target.schema, target.name),
    references,
    ...(constraint.onDelete && { onDelete: constraint.onDelete }),
    ...(constraint.onUpdate && { onUpdate: constraint.onUpdate }),
  });
}

function store(session: SessionState, name: Name, draft: Draft): StoredTable {
  const connection = session.connection();
  const catalog = draft.schema === '' ? connection.temporary : connection.catalog;
  if (draft.schema === '') connection.temporary.discard(draft.name);
  if (catalog.find(draft.schema, draft.name)) throw errors.objectExists(draft.name);
  catalog.defining(() => createInSqlite(session, connection, draft));
  catalog.put({ ...draft, id: 0 });
  const table = catalog.find(draft.schema, draft.name);
  if (table?.kind !== 'table') throw errors.invalidObject(name.join('.'));
  return table;
}

/** Creates the table with its keys and indexes. `as`: under another name for now. */
export function createInSqlite(
  session: SessionState,
  connection: Connection,
  draft: Draft,
  as?: string,
): void {
  const temporary = draft.schema === '';
  const own = as ?? (temporary ? draft.name : sqliteName(draft.schema, draft.name));
  const primary = draft.keys.find((key) => key.kind === 'primary');
  const rowId = rowIdColumn(draft, primary);
  resolveComputedTypes(session, draft);
  const parts = draft.columns.map((column) => columnSql(session, draft, column, column === rowId));
  for (const key of draft.keys) {
    if (key.kind === 'index' || (key.kind === 'primary' && rowId)) continue;
    const kind = key.kind === 'primary' ? 'PRIMARY KEY' : 'UNIQUE';
    parts.push(`CONSTRAINT ${quoteName(key.name)} ${kind} (${keyColumns(key)})`);
  }
  for (const { name, text } of draft.checks) {
    parts.push(`CONSTRAINT ${quoteName(name)} CHECK (${checkSql(session, draft, text)})`);
  }
  for (const key of temporary ? [] : draft.foreignKeys) {
    const list = (names: string[]) => names.map(quoteName).join(',');
    const actions = `${key.onDelete ? ` ON DELETE ${key.onDelete}` : ''}${key.onUpdate ? ` ON UPDATE ${key.onUpdate}` : ''}`;
    parts.push(
      `CONSTRAINT ${quoteName(key.name)} FOREIGN KEY (${list(key.columns)}) REFERENCES ${quoteName(key.table)} (${list(key.references)})${actions}`,
    );
  }
  connection.sqlite.exec(
    `CREATE ${temporary ? 'TEMP ' : ''}TABLE ${quoteName(own)} (${parts.join(', ')})`,
  );
  if (as) return;
  for (const key of draft.keys)
    if (key.kind === 'index') createIndexInSqlite(session, connection, draft, key);
}

/** An integer identity that is the whole primary key is SQLite's own row id. */
function rowIdColumn(draft: Draft, primary: StoredKey | undefined): StoredColumn | undefined {
  if (primary?.columns.length !== 1) return undefined;
  const column = draft.columns.find((candidate) => candidate.name === primary.columns[0]?.name);
  return column?.identity && family(column.type) === 'integer' ? column : undefined;
}

const keyColumns = (key: StoredKey) =>
  key.columns
    .map(({ name, descending }) => quoteName(name) + (descending ? ' DESC' : ''))
    .join(',');

function columnSql(
  session: SessionState,
  draft: Draft,
  column: StoredColumn,
  isRowId: boolean,
): string {
  if (isRowId) return `${quoteName(column.name)} INTEGER PRIMARY KEY`;
  const own = column.collation !== undefined && isExact(column.collation) ? 'BINARY' : 'NOCASE';
  const collate = family(column.type) === 'text' ? ` COLLATE ${own}` : '';
  const base = `${quoteName(column.name)} ${declaredType(column.type)}${collate}`;
  if (column.computed) {
    return `${base} GENERATED ALWAYS AS (${computedSql(session, draft, column.computed.text).sql}) ${column.computed.persisted ? 'STORED' : 'VIRTUAL'}`;
  }
  const value = column.default ? ` DEFAULT (${defaultSql(session, column)})` : '';
  return `${base}${column.nullable ? '' : ' NOT NULL'}${value}`;
}

/** The default's value in SQLite's SQL, in the column's type. */
export function defaultSql(session: SessionState, column: StoredColumn): string {
  if (!column.default) return 'NULL';
  const context = translation(session, newFrame(), true);
  const value = context.expression(emptyScope(), parseExpression(newReader(column.default.text)));
  return convertSql(value, column.type).sql;
}

/** The table's own columns, without a prefix: as CHECK and computed columns name them. */
function ownScope(draft: Draft): Scope {
  const scope = emptyScope();
  scope.sources.push({
    alias: draft.name,
    columns: draft.columns.map(({ name, type, nullable }) => ({
      name,
      type,
      nullable,
      sql: quoteName(name),
    })),
  });
  return scope;
}

function checkSql(session: SessionState, draft: Draft, text: string): string {
  return conditionSql(
    translation(session, newFrame(), true),
    ownScope(draft),
    parseCondition(newReader(text)),
  );
}

function computedSql(session: SessionState, draft: Draft, text: string) {
  return translation(session, newFrame(), true).expression(
    ownScope(draft),
    parseExpression(newReader(text)),
  );
}

function resolveComputedTypes(session: SessionState, draft: Draft): void {
  for (const column of draft.columns) {
    if (!column.computed) continue;
    const value = computedSql(session, draft, column.computed.text);
    column.type = value.type;
    column.nullable = value.nullable;
  }
}

export function createIndexInSqlite(
  session: SessionState,
  connection: Connection,
  draft: Draft,
  key: StoredKey,
): void {
  const temporary = draft.schema === '';
  const table = temporary ? draft.name : sqliteName(draft.schema, draft.name);
  const where = key.where ? ` WHERE ${checkSql(session, draft, key.where)}` : '';
  const index = `${temporary ? 'temp.' : ''}${quoteName(`${table}.${key.name}`)}`;
  connection.sqlite.exec(
    `CREATE ${key.uniqueIndex ? 'UNIQUE ' : ''}INDEX ${index} ON ${quoteName(table)} (${keyColumns(key)})${where}`,
  );
}
