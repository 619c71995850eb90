/** CREATE, ALTER and DROP statements. */

import { errors } from '../errors.ts';
import type { Connection } from '../storage/connection.ts';
import { quoteName, type StoredObject, type StoredTable, sqliteName } from '../storage/model.ts';
import type { AlterAction, CreateMode, Name, Statement } from '../syntax/ast.ts';
import {
  addColumn,
  addConstraint,
  collated,
  createIndexInSqlite,
  createInSqlite,
  createTable,
  defaultSql,
} from './create-table.ts';
import { identitiesOf } from './modify.ts';
import { findObject, isTemporary, mustBeHere, placeOf } from './names.ts';
import { type Frame, isOn, type Request, type SessionState } from './state.ts';

type Definition = Extract<
  Statement,
  {
    kind:
      | 'createTable'
      | 'dropTable'
      | 'dropProcedure'
      | 'dropView'
      | 'dropSchema'
      | 'dropIndex'
      | 'createIndex'
      | 'createSchema'
      | 'alterTable'
      | 'createProcedure'
      | 'createView'
      | 'truncate';
  }
>;

const kinds = new Set([
  'createTable',
  'dropTable',
  'dropProcedure',
  'dropView',
  'dropSchema',
  'dropIndex',
  'createIndex',
  'createSchema',
  'alterTable',
  'createProcedure',
  'createView',
  'truncate',
]);

export const isDefinition = (statement: Statement): statement is Definition =>
  kinds.has(statement.kind);

export async function define(
  { session, signal }: Request,
  frame: Frame,
  statement: Definition,
): Promise<void> {
  for (const name of namesOf(statement)) mustBeHere(session, name);
  const work = (connection: Connection) => run(session, frame, connection, statement);
  if (isLocal(statement) && session.transaction.count === 0) session.writeTemporary(work);
  else await session.write(session.database, signal, work);
}

function namesOf(statement: Definition): Name[] {
  if ('names' in statement) return statement.kind === 'dropSchema' ? [] : statement.names;
  if ('table' in statement) return [statement.table];
  return Array.isArray(statement.name) ? [statement.name] : [];
}

function isLocal(statement: Definition): boolean {
  if (statement.kind === 'createTable') return isTemporary(statement.name);
  if (statement.kind === 'dropTable') return statement.names.every(isTemporary);
  if (
    statement.kind === 'createIndex' ||
    statement.kind === 'alterTable' ||
    statement.kind === 'truncate'
  )
    return isTemporary(statement.table);
  return false;
}

function run(
  session: SessionState,
  frame: Frame,
  connection: Connection,
  statement: Definition,
): void {
  switch (statement.kind) {
    case 'createTable':
      createTable(
        session,
        statement.name,
        statement.body,
        frame.procedure !== undefined && isTemporary(statement.name),
      );
      return;
    case 'createSchema':
      if (connection.catalog.schema(statement.name)) throw errors.objectExists(statement.name);
      connection.catalog.addSchema(statement.name);
      return;
    case 'createIndex':
      createIndex(session, frame, connection, statement);
      return;
    case 'createProcedure':
      putModule(
        session,
        frame,
        connection,
        statement.name,
        'procedure',
        statement.text,
        statement.mode,
      );
      return;
    case 'createView':
      putModule(session, frame, connection, statement.name, 'view', statement.text, statement.mode);
      return;
    case 'alterTable':
      alterTable(session, frame, connection, statement.table, statement.action);
      return;
    case 'truncate':
      truncate(session, frame, connection, statement.table);
      return;
    case 'dropIndex':
      dropIndex(session, frame, connection, statement);
      return;
    case 'dropSchema':
      for (const [name = ''] of statement.names) {
        if (!connection.catalog.schema(name)) {
          if (statement.ifExists) continue;
          throw errors.cannotDrop('schema', name);
        }
        if (
          connection.catalog
            .objects()
            .some((object) => object.schema.toLowerCase() === name.toLowerCase())
        ) {
          throw errors.schemaInUse(name);
        }
        connection.catalog.removeSchema(name);
      }
      return;
    default:
      for (const name of statement.names) drop(session, frame, connection, statement, name);
  }
}

function tableOf(session: SessionState, frame: Frame, name: Name): StoredTable {
  const object = findObject(session, frame, name);
  if (object?.kind !== 'table') throw errors.objectNotFound(name.join('.'));
  return object;
}

const catalogFor = (connection: Connection, table: { schema: string }) =>
  table.schema === '' ? connection.temporary : connection.catalog;

function drop(
  session: SessionState,
  frame: Frame,
  connection: Connection,
  statement: { kind: string; ifExists: boolean },
  name: Name,
): void {
  const words: Record<string, readonly [StoredObject['kind'], string]> = {
    dropTable: ['table', 'table'],
    dropView: ['view', 'view'],
    dropProcedure: ['procedure', 'procedure'],
  };
  const [kind, word] = words[statement.kind] ?? ['table', 'table'];
  const object = findObject(session, frame, name);
  if (object?.kind !== kind) {
    if (statement.ifExists) return;
    throw errors.cannotDrop(word, name.join('.'));
  }
  if (object.kind === 'table') {
    if (referrers(connection, object).length > 0) throw errors.referencedTable(name.join('.'));
    connection.sqlite.exec(`DROP TABLE ${object.sql}`);
    identitiesOf(session, object).delete(object.id);
  }
  catalogFor(connection, object).remove(object);
}

/** Other tables with a foreign key to this one. */
function referrers(connection: Connection, table: StoredTable): StoredTable[] {
  if (table.schema === '') return [];
  const own = sqliteName(table.schema, table.name).toLowerCase();
  return connection.catalog
    .tables()
    .filter(
      (other) =>
        other.id !== table.id && other.foreignKeys.some((key) => key.table.toLowerCase() === own),
    );
}

function truncate(session: SessionState, frame: Frame, connection: Connection, name: Name): void {
  const object = findObject(session, frame, name);
  if (object?.kind !== 'table') throw errors.truncateNotFound(name.at(-1) ?? '');
  if (referrers(connection, object).length > 0) throw errors.truncateReferenced(name.join('.'));
  connection.run(`DELETE FROM ${object.sql}`);
  identitiesOf(session, object).delete(object.id);
}

function createIndex(
  session: SessionState,
  frame: Frame,
  connection: Connection,
  statement: Extract<Definition, { kind: 'createIndex' }>,
): void {
  const table = tableOf(session, frame, statement.table);
  if (table.keys.some((key) => key.name.toLowerCase() === statement.name.toLowerCase()))
    throw errors.indexExists(statement.name, statement.table.join('.'));
  const columns = statement.columns.map(({ name, descending }) => {
    const column = table.columns.find(
      (candidate) => candidate.name.toLowerCase() === name.toLowerCase(),
    );
    if (!column) throw errors.keyColumnMissing(name);
    return { name: column.name, descending };
  });
  const key = {
    kind: 'index' as const,
    name: statement.name,
    columns,
    uniqueIndex: statement.unique,
    ...(statement.text && { where: statement.text }),
  };
  catalogFor(connection, table).defining(() =>
    createIndexInSqlite(session, connection, table, key),
  );
  put(connection, { ...table, keys: [...table.keys, key] });
}

function dropIndex(
  session: SessionState,
  frame: Frame,
  connection: Connection,
  statement: Extract<Definition, { kind: 'dropIndex' }>,
): void {
  const object = findObject(session, frame, statement.table);
  const key =
    object?.kind === 'table'
      ? object.keys.find(
          (candidate) =>
            candidate.kind === 'index' &&
            candidate.name.toLowerCase() === statement.name.toLowerCase(),
        )
      : undefined;
  if (object?.kind !== 'table' || !key) {
    if (statement.ifExists) return;
    throw errors.cannotDrop('index', [...statement.table, statement.name].join('.'));
  }
  const own = object.schema === '' ? object.name : sqliteName(object.schema, object.name);
  connection.sqlite.exec(
    `DROP INDEX ${object.schema === '' ? 'temp.' : ''}${quoteName(`${own}.${key.name}`)}`,
  );
  put(connection, { ...object, keys: object.keys.filter((candidate) => candidate !== key) });
}

function put(connection: Connection, table: StoredTable): void {
  const { sql: _sql, database: _database, ...definition } = table;
  catalogFor(connection, table).put(definition);
}

function putModule(
  session: SessionState,
  frame: Frame,
  connection: Connection,
  name: Name,
  kind: 'procedure' | 'view',
  text: string,
  mode: CreateMode,
): void {
  const place = placeOf(session, name);
  const schema = connection.catalog.schema(place.schema || 'dbo');
  if (schema === undefined) throw errors.schemaMissing(place.schema);
  const existing = findObject(session, frame, [schema, place.object]);
  const isOwn = session.database.procedures.has(`${schema}.${place.object}`.toLowerCase());
  if ((existing && (mode === 'create' || existing.kind !== kind)) || (isOwn && mode !== 'alter'))
    throw errors.objectExists(place.object);
  if (!existing && mode === 'alter') throw errors.invalidObject(name.join('.'));
  connection.catalog.put({
    kind,
    id: existing?.id ?? 0,
    schema,
    name: place.object,
    text,
    ...(kind === 'procedure' && {
      ...(!isOn(session.options, 'QUOTED_IDENTIFIER') && { quotedIdentifier: false as const }),
      ...(!isOn(session.options, 'ANSI_NULLS') && { ansiNulls: false as const }),
    }),
    created: new Date().toISOString().slice(0, -1),
  });
}

function alterTable(
  session: SessionState,
  frame: Frame,
  connection: Connection,
  name: Name,
  action: AlterAction,
): void {
  const table = tableOf(session, frame, name);
  const changed = structuredClone({ ...table, columns: [] }) as StoredTable;
  changed.columns = table.columns.map((column) => ({ ...column }));
  const copied = new Map(table.columns.map((column) => [column.name, quoteName(column.name)]));
  const column = (wanted: string) => {
    const found = changed.columns.find(
      (candidate) => candidate.name.toLowerCase() === wanted.toLowerCase(),
    );
    if (!found) throw errors.columnMissingInAlter('DROP COLUMN', wanted, table.name);
    return found;
  };
  switch (action.kind) {
    case 'nothing':
      return;
    case 'add': {
      const empty = connection.first(`SELECT 1 FROM ${table.sql} LIMIT 1`) === undefined;
      for (const definition of action.columns) {
        const added = addColumn(changed, definition);
        if (!added.nullable && !added.default && !added.identity && !empty)
          throw errors.addNotNull(added.name, table.name);
        // Rows that are there get the default only where they may not be NULL.
        if (added.default && !added.nullable) copied.set(added.name, defaultSql(session, added));
        if (added.identity)
          copied.set(
            added.name,
            `${added.identity.seed} + ${added.identity.increment} * (rowid - 1)`,
          );
        for (const constraint of definition.constraints)
          addConstraint(session, changed, constraint);
      }
      for (const constraint of action.constraints) addConstraint(session, changed, constraint);
      break;
    }
    case 'dropColumn':
      for (const wanted of action.names) {
        const found = column(wanted);
        changed.columns.splice(changed.columns.indexOf(found), 1);
        copied.delete(found.name);
      }
      break;
    case 'alterColumn': {
      const found = column(action.column.name);
      const from = found.type;
      found.type = action.column.type;
      found.nullable = action.column.nullable ?? true;
      delete found.collation;
      Object.assign(found, collated(action.column.collation));
      copied.set(
        found.name,
        `ts_assign(${quoteName(found.name)},${from.index},${found.type.index},'${table.name}','${found.name}')`,
      );
      break;
    }
    case 'dropConstraint':
      for (const wanted of action.names) dropConstraint(changed, wanted, action.ifExists);
  }
  rebuild(session, connection, table, changed, copied);
}

function dropConstraint(table: StoredTable, name: string, ifExists: boolean): void {
  const same = (own: { name: string }) => own.name.toLowerCase() === name.toLowerCase();
  const holder = table.columns.find(
    (column) => column.default?.constraint.toLowerCase() === name.toLowerCase(),
  );
  if (holder) {
    delete holder.default;
    return;
  }
  for (const list of [table.keys, table.foreignKeys, table.checks] as { name: string }[][]) {
    const place = list.findIndex(same);
    if (place !== -1) {
      list.splice(place, 1);
      return;
    }
  }
  if (!ifExists) throw errors.constraintNotFound(name);
}

/** SQLite alters little: the table is made anew and filled from the old one. */
function rebuild(
  session: SessionState,
  connection: Connection,
  before: StoredTable,
  after: StoredTable,
  copied: Map<string, string>,
): void {
  const own = before.schema === '' ? before.name : sqliteName(before.schema, before.name);
  const fresh = `${own}$new`;
  createInSqlite(session, connection, after, fresh);
  const columns = after.columns.filter((column) => !column.computed && copied.has(column.name));
  const prefix = before.schema === '' ? 'temp.' : '';
  connection.run(
    `INSERT INTO ${prefix}${quoteName(fresh)} (${columns.map((column) => quoteName(column.name)).join(',')})
     SELECT ${columns.map((column) => copied.get(column.name)).join(',')} FROM ${before.sql}`,
  );
  // Without the legacy mode other tables' foreign keys would follow the rename; and dropping the
  // old table would delete its rows first, as far as those keys are concerned.
  connection.sqlite.exec('PRAGMA defer_foreign_keys = ON; PRAGMA legacy_alter_table = ON');
  try {
    connection.sqlite.exec(`ALTER TABLE ${before.sql} RENAME TO ${quoteName(`${own}$old`)}`);
    connection.sqlite.exec(`ALTER TABLE ${prefix}${quoteName(fresh)} RENAME TO ${quoteName(own)}`);
    connection.sqlite.exec(`DROP TABLE ${prefix}${quoteName(`${own}$old`)}`);
  } finally {
    connection.sqlite.exec('PRAGMA legacy_alter_table = OFF');
  }
  for (const key of after.keys)
    if (key.kind === 'index') createIndexInSqlite(session, connection, after, key);
  put(connection, after);
}
