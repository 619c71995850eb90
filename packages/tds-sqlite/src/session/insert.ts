/** INSERT. */

import { errors } from '../errors.ts';
import type { SqlValue } from '../procedure.ts';
import type { Connection } from '../storage/connection.ts';
import { quoteName, type StoredColumn, type StoredTable } from '../storage/model.ts';
import type { Expression, InsertStatement } from '../syntax/ast.ts';
import {
  emptyScope,
  type ResultColumn,
  type Translation,
  type Typed,
} from '../translate/context.ts';
import { commonTables } from '../translate/select.ts';
import { toStored } from '../values/stored.ts';
import { types } from '../values/types.ts';
import { defaultSql } from './create-table.ts';
import { guardSqlite, translation } from './evaluate.ts';
import { foreignKeyGuard } from './foreign-keys.ts';
import { columnOf, columnValue, identitiesOf, identityColumn, startIdentity } from './modify.ts';
import { prepareOutput, targetTable } from './output.ts';
import { rowLimitSql } from './row-limit.ts';
import type { Frame, Request, SessionState } from './state.ts';

interface Plan {
  table: StoredTable;
  columns: StoredColumn[];
  /** What follows the column list. */
  source: string;
  context: Translation;
  identity: StoredColumn | undefined;
}

/** @returns the number of rows inserted */
export async function runInsert(
  request: Request,
  frame: Frame,
  statement: InsertStatement,
): Promise<number> {
  const { session } = request;
  const table = targetTable(session, frame, statement.table);
  const plan = planInsert(session, frame, statement, table);
  return insert(request, frame, statement, plan);
}

function planInsert(
  session: SessionState,
  frame: Frame,
  statement: InsertStatement,
  table: StoredTable,
): Plan {
  const context = translation(session, frame);
  const { source } = statement;
  if (source.kind === 'execute') throw errors.insertExecNested();
  const identityOn = session.options.identityInsert === identityKey(table);
  const columns = targetColumns(table, statement.columns, identityOn);
  const identity = columns.some((column) => column.identity) ? undefined : identityColumn(table);
  const named = statement.columns !== undefined;
  const scope = emptyScope();
  const common = statement.with.length
    ? `WITH RECURSIVE ${commonTables(context, scope, statement.with)} `
    : '';
  const extra = identity ? ['ts_identity()'] : [];
  if (source.kind === 'defaults') {
    const values = table.columns
      .filter((column) => !column.computed && !column.identity)
      .map((column) => defaultSql(session, column));
    const all = table.columns.filter((column) => !column.computed && !column.identity);
    return {
      table,
      columns: all,
      context,
      identity,
      source: `VALUES (${[...values, ...extra].join(',')})`,
    };
  }
  if (source.kind === 'values') {
    const rows = source.rows.map(
      (row) =>
        `(${[...rowValues(session, context, table, columns, row, named), ...extra].join(',')})`,
    );
    return { table, columns, context, identity, source: `VALUES ${rows.join(',')}` };
  }
  const query = context.query(source.query, scope);
  checkWidth(query.columns.length, columns.length, named, errors.selectFewer, errors.selectMore);
  const values = queryValues(table, columns, query.columns);
  const names = query.columns.map((_, index) => `c${index}`).join(',');
  const top = rowLimitSql(session, context, scope, statement.top);
  return {
    table,
    columns,
    context,
    identity,
    source: `${common}SELECT ${[...values, ...extra].join(',')} FROM (WITH i(${names}) AS (${query.sql}) SELECT * FROM i) WHERE true${top}`,
  };
}

const queryValues = (table: StoredTable, columns: StoredColumn[], from: ResultColumn[]) =>
  columns.map((column, index) => {
    const { type, nullable, isNull } = from[index] ?? {
      type: types.int,
      nullable: true,
      isNull: true,
    };
    return columnValue(table, column, {
      sql: `c${index}`,
      type,
      nullable,
      ...(isNull && { isNull }),
    });
  });

function checkWidth(
  given: number,
  wanted: number,
  named: boolean,
  fewer: () => Error,
  more: () => Error,
): void {
  if (given === wanted) return;
  if (!named) throw errors.insertMismatch();
  throw given < wanted ? fewer() : more();
}

function rowValues(
  session: SessionState,
  context: Translation,
  table: StoredTable,
  columns: StoredColumn[],
  row: Expression[],
  named: boolean,
): string[] {
  checkWidth(row.length, columns.length, named, errors.fewerColumns, errors.moreColumns);
  return row.map((node, index) => {
    const column = columns[index] as StoredColumn;
    if (node.kind === 'default') return defaultSql(session, column);
    return columnValue(table, column, context.expression(emptyScope(), node));
  });
}

export const identityKey = (table: StoredTable) =>
  `${table.database}.${table.schema}.${table.name}`.toLowerCase();

/** @throws 207, 264, 271, 544, 545, 8101 */
function targetColumns(
  table: StoredTable,
  names: string[] | undefined,
  identityOn: boolean,
): StoredColumn[] {
  if (!names) {
    return table.columns.filter((column) => !column.computed && (!column.identity || identityOn));
  }
  const columns = names.map((name) => columnOf(table, name));
  columns.forEach((column, index) => {
    if (columns.indexOf(column) !== index) throw errors.columnTwice(column.name);
    if (column.computed) throw errors.computedColumn(column.name);
    if (column.identity && !identityOn) throw errors.identityInsert(table.name);
  });
  if (identityOn && !columns.some((column) => column.identity))
    throw errors.identityInsertMissing(table.name);
  return columns;
}

async function insert(
  request: Request,
  frame: Frame,
  statement: InsertStatement,
  plan: Plan,
): Promise<number> {
  const { session, signal } = request;
  const { table, context, identity } = plan;
  const names = [...plan.columns, ...(identity ? [identity] : [])]
    .map((column) => quoteName(column.name))
    .join(',');
  const outputs = prepareOutput(session, frame, statement.output, table, 'inserted');
  const returning = outputs.length
    ? ` RETURNING ${table.columns.map((column) => quoteName(column.name)).join(',')}`
    : '';
  const sql = `INSERT INTO ${table.sql} (${names}) ${plan.source}${returning}`;
  const identities = identitiesOf(session, table);
  const work = (connection: Connection): number => {
    const counter = identityColumn(table);
    if (counter) startIdentity(connection, identities, table, counter);
    const count = guardSqlite(connection, 'INSERT', () =>
      foreignKeyGuard(connection, table, 'INSERT', sql, context.parameters, () => {
        if (!returning) return connection.run(sql, context.parameters);
        const rows = [...connection.rows(sql, context.parameters)];
        for (const row of rows)
          for (const output of outputs) output.take(connection, { inserted: row });
        return rows.length;
      }),
    );
    if (counter)
      rememberIdentity(session, frame, connection, table, identity !== undefined, counter);
    return count;
  };
  const count = await writeTo(request, table, signal, work);
  for (const output of outputs) await output.send(request);
  return count;
}

/** @@IDENTITY, SCOPE_IDENTITY() and the counter itself. */
export function rememberIdentity(
  session: SessionState,
  frame: Frame,
  connection: Connection,
  table: StoredTable,
  generated: boolean,
  column: StoredColumn,
): void {
  const identities = identitiesOf(session, table);
  let { last } = connection.functions.identity;
  if (!generated) {
    const stored = connection.first(`SELECT max(${quoteName(column.name)}) FROM ${table.sql}`)?.[0];
    last = stored === null || stored === undefined ? null : BigInt(stored as bigint);
  }
  if (last === null) return;
  identities.set(table.id, last);
  frame.lastIdentity = String(last);
  session.lastIdentity = String(last);
}

/** A statement on a temporary table needs no lock, unless a transaction must be able to undo it. */
export async function writeTo<T>(
  request: Request,
  table: StoredTable,
  signal: AbortSignal,
  work: (connection: Connection) => T,
): Promise<T> {
  const { session } = request;
  if (table.database === '' && session.transaction.count === 0) return session.writeTemporary(work);
  return session.write(session.database, signal, work);
}

/** Rows that a procedure or a bulk load hands over, by position. @returns their number */
export async function insertValues(
  request: Request,
  frame: Frame,
  table: StoredTable,
  names: string[] | undefined,
  given: ResultColumn[],
  rows: SqlValue[][],
): Promise<number> {
  const { session, signal } = request;
  const context = translation(session, frame);
  const identityOn = session.options.identityInsert === identityKey(table);
  const columns = targetColumns(table, names, identityOn);
  checkWidth(
    given.length,
    columns.length,
    names !== undefined,
    errors.selectFewer,
    errors.selectMore,
  );
  const identity = columns.some((column) => column.identity) ? undefined : identityColumn(table);
  const slots = given.map((): Typed & { place: number } => ({
    ...context.slot(),
    type: types.int,
    nullable: true,
  }));
  const values = columns.map((column, index) =>
    columnValue(table, column, {
      sql: slots[index]?.sql ?? 'NULL',
      type: given[index]?.type ?? column.type,
      nullable: true,
    }),
  );
  const list = [...columns, ...(identity ? [identity] : [])]
    .map((column) => quoteName(column.name))
    .join(',');
  const sql = `INSERT INTO ${table.sql} (${list}) VALUES (${[...values, ...(identity ? ['ts_identity()'] : [])].join(',')})`;
  const identities = identitiesOf(session, table);
  return writeTo(request, table, signal, (connection) => {
    const counter = identityColumn(table);
    if (counter) startIdentity(connection, identities, table, counter);
    for (const row of rows) {
      const parameters = row.map((value, index) =>
        toStored(value, given[index]?.type ?? types.int),
      );
      guardSqlite(connection, 'INSERT', () =>
        foreignKeyGuard(connection, table, 'INSERT', sql, parameters, () =>
          connection.run(sql, parameters),
        ),
      );
    }
    if (counter)
      rememberIdentity(session, frame, connection, table, identity !== undefined, counter);
    return rows.length;
  });
}
