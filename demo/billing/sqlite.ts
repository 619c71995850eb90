/** Small pieces of SQLite text; tables are named `"schema.table"`. */

import type { DatabaseSync, StatementSync } from 'node:sqlite';

export const quoted = (name: string) => `"${name}"`;

/** `alias."a", alias."b"` */
export const list = (columns: readonly string[], alias = '') =>
  columns.map((column) => `${alias && `${alias}.`}${quoted(column)}`).join(', ');

/** Prepares a statement that may be handed more named parameters than it uses. */
export function prepare(database: DatabaseSync, sql: string): StatementSync {
  const statement = database.prepare(sql);
  statement.setAllowUnknownNamedParameters(true);
  return statement;
}
