/** What INSERT, UPDATE and MERGE have in common. */

import { errors } from '../errors.ts';
import type { Connection } from '../storage/connection.ts';
import { quoteName, type StoredColumn, type StoredTable } from '../storage/model.ts';
import type { TranslatedQuery, Typed } from '../translate/context.ts';
import { assignSql } from '../translate/convert-sql.ts';
import type { Stored } from '../values/stored.ts';
import type { SessionState } from './state.ts';

/** `AB.heap.meter`, as error 2628 names it. */
export const fullName = (table: StoredTable) =>
  table.database ? `${table.database}.${table.schema}.${table.name}` : `tempdb.dbo.${table.name}`;

/** The value as the column stores it; remembered where a key may complain about it. */
export function columnValue(table: StoredTable, column: StoredColumn, value: Typed): string {
  const sql = assignSql(value, column.type, fullName(table), column.name);
  const inKey = table.keys.some(
    (key) =>
      (key.kind !== 'index' || key.uniqueIndex) &&
      key.columns.some(({ name }) => name === column.name),
  );
  return inKey ? `ts_note(${table.columns.indexOf(column)},${column.type.index},${sql})` : sql;
}

/** All rows of a query into all columns of a table that fits it. */
export function insertRows(
  connection: Connection,
  table: StoredTable,
  query: TranslatedQuery,
  parameters: readonly Stored[],
): number {
  const names = table.columns.map((column) => quoteName(column.name)).join(',');
  return connection.run(`INSERT INTO ${table.sql} (${names}) ${query.sql}`, parameters);
}

/** Numbers given out last: temporary tables and a database's own have the same ids. */
export const identitiesOf = (session: SessionState, { database }: StoredTable) =>
  database === ''
    ? session.connection().temporary.identities
    : (session.instance.database(database) ?? session.database).identities;

/** Sets the counter for the rows that follow: after the highest value ever given out. */
export function startIdentity(
  connection: Connection,
  identities: Map<number, bigint>,
  table: StoredTable,
  column: StoredColumn,
): void {
  const { seed, increment } = column.identity ?? { seed: 1, increment: 1 };
  const step = BigInt(increment);
  const extreme = increment > 0 ? 'max' : 'min';
  const stored = connection.first(
    `SELECT ${extreme}(${quoteName(column.name)}) FROM ${table.sql}`,
  )?.[0];
  const candidates = [
    identities.get(table.id),
    stored === null || stored === undefined ? undefined : BigInt(stored as bigint),
  ].filter((value) => value !== undefined);
  const last = candidates.reduce<bigint | undefined>(
    (best, value) =>
      best === undefined || (step > 0n ? value > best : value < best) ? value : best,
    undefined,
  );
  connection.functions.identity = {
    next: last === undefined ? BigInt(seed) : last + step,
    increment: step,
    last: null,
  };
}

export const identityColumn = (table: StoredTable) =>
  table.columns.find((column) => column.identity);

/** @throws 207 */
export function columnOf(table: StoredTable, name: string): StoredColumn {
  const column = table.columns.find(
    (candidate) => candidate.name.toLowerCase() === name.toLowerCase(),
  );
  if (!column) throw errors.invalidColumn(name);
  return column;
}
