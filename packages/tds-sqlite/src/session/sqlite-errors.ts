/** SQLite's complaints in SQL Server's words and numbers. */

import { errors } from '../errors.ts';
import { SqlServerError, type SqlValue } from '../procedure.ts';
import type { Connection } from '../storage/connection.ts';
import type { StoredTable } from '../storage/model.ts';

/** SQLite's extended result codes. */
const codes = {
  busy: 5,
  locked: 6,
  notNull: 1299,
  primaryKey: 1555,
  unique: 2067,
  check: 275,
  foreignKey: 787,
  rowid: 2579,
};

/** @param statement INSERT, UPDATE, DELETE: named in messages */
export function sqliteError(error: unknown, connection: Connection, statement: string): unknown {
  if (error instanceof SqlServerError || !(error instanceof Error) || !('errcode' in error))
    return error;
  const { message } = error;
  switch (error.errcode) {
    case codes.notNull:
      return notNull(connection, message, statement);
    case codes.primaryKey:
    case codes.unique:
    case codes.rowid:
      return duplicate(connection, message);
    case codes.check:
      return check(connection, message, statement);
    case codes.foreignKey:
      return foreignKey(connection, statement);
    case codes.busy:
    case codes.locked:
      return errors.lockTimeout();
    default:
  }
  if (message === 'integer overflow') return errors.overflowExpression('bigint');
  if (/parser stack overflow|too large|too many terms/.test(message))
    return errors.requestTooDeep();
  return new SqlServerError(
    8624,
    `Internal Query Processor Error: The query processor could not produce a query plan. (${message})`,
    { line: 0 },
  );
}

function tables(connection: Connection): StoredTable[] {
  return [
    ...connection.catalog.tables(),
    ...(connection.hasTemporary ? connection.temporary.tables() : []),
  ];
}

/** `heap.meter.code` → the table and the column. */
function splitColumn(
  connection: Connection,
  text: string,
): { table: StoredTable | undefined; column: string } {
  const place = text.lastIndexOf('.');
  const full = text.slice(0, place).toLowerCase();
  const table = tables(connection).find(
    (candidate) =>
      (candidate.database
        ? `${candidate.schema}.${candidate.name}`
        : candidate.name
      ).toLowerCase() === full,
  );
  return { table, column: text.slice(place + 1) };
}

const spoken = (table: StoredTable | undefined) =>
  table ? (table.database ? `${table.schema}.${table.name}` : `dbo.${table.name}`) : '';

const fullName = (table: StoredTable | undefined) =>
  table ? `${table.database || 'tempdb'}.${spoken(table)}` : '';

function notNull(connection: Connection, message: string, statement: string): SqlServerError {
  const { table, column } = splitColumn(connection, message.replace(/^.*failed: /, ''));
  return errors.nullNotAllowed(column, fullName(table), statement);
}

const show = (value: SqlValue | undefined) =>
  value === null || value === undefined
    ? '<NULL>'
    : typeof value === 'boolean'
      ? Number(value)
      : value instanceof Uint8Array
        ? `0x${Buffer.from(value).toString('hex')}`
        : String(value).replace(
            'T',
            typeof value === 'string' && /^\d{4}-\d\d-\d\dT/.test(value) ? ' ' : 'T',
          );

function duplicate(connection: Connection, message: string): SqlServerError {
  const columns = message
    .replace(/^.*failed: /, '')
    .split(', ')
    .map((text) => splitColumn(connection, text));
  const table = columns[0]?.table;
  const names = columns.map(({ column }) => column.toLowerCase());
  const key = table?.keys.find(
    (candidate) =>
      candidate.columns.length === names.length &&
      candidate.columns.every(({ name }, index) => name.toLowerCase() === names[index]),
  );
  const values = (key?.columns ?? []).map(({ name }) => {
    const place =
      table?.columns.findIndex((column) => column.name.toLowerCase() === name.toLowerCase()) ?? -1;
    return show(connection.functions.notes[place]);
  });
  const object = spoken(table);
  if (key?.uniqueIndex) return errors.duplicateIndexKey(object, key.name, values.join(', '));
  return errors.duplicateKey(
    key?.kind === 'unique' ? 'UNIQUE KEY' : 'PRIMARY KEY',
    key?.name ?? '',
    object,
    values.join(', '),
  );
}

function check(connection: Connection, message: string, statement: string): SqlServerError {
  const name = message.replace(/^.*failed: /, '');
  const table = tables(connection).find((candidate) =>
    candidate.checks.some((own) => own.name === name),
  );
  const column = table?.columns.find((candidate) =>
    table.checks.some(
      (own) => own.name === name && own.text.toLowerCase().includes(candidate.name.toLowerCase()),
    ),
  );
  return errors.constraintConflict(
    statement,
    'CHECK',
    name,
    table?.database ?? '',
    spoken(table),
    column ? `, column '${column.name}'` : '',
  );
}

/** SQLite does not say which key: found by whoever ran the statement, see modify.ts. */
function foreignKey(connection: Connection, statement: string): SqlServerError {
  return errors.constraintConflict(
    statement,
    statement === 'DELETE' ? 'REFERENCE' : 'FOREIGN KEY',
    '',
    connection.catalog.tables()[0]?.database ?? '',
    '',
    '',
  );
}
