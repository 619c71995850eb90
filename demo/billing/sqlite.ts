/** Small pieces of SQLite text and typed reads; tables are named `"schema.table"`. */

import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';

export const quoted = (name: string) => `"${name}"`;

/** `alias."a", alias."b"` */
export const list = (columns: readonly string[], alias = '') =>
  columns.map((column) => `${alias && `${alias}.`}${quoted(column)}`).join(', ');

/** `(alias."a", alias."b") <operator> (:prefix_a, :prefix_b)` */
export const compareKey = (
  columns: readonly string[],
  alias: string,
  operator: string,
  prefix: string,
) => `(${list(columns, alias)}) ${operator} (${columns.map((c) => `:${prefix}_${c}`).join(', ')})`;

/** Values for `compareKey`. */
export const keyParameters = (
  columns: readonly string[],
  prefix: string,
  row: Readonly<Record<string, SQLInputValue>>,
) => Object.fromEntries(columns.map((column) => [`${prefix}_${column}`, row[column] ?? null]));

/** `a."k" = b."k" AND …` */
export const joinOn = (columns: readonly string[], a: string, b: string) =>
  columns.map((column) => `${a}.${quoted(column)} = ${b}.${quoted(column)}`).join(' AND ');

/** `ON CONFLICT (key) DO UPDATE SET …` for every column outside the key. */
export function onConflict(key: readonly string[], columns: readonly string[]): string {
  const updated = columns.filter((column) => !key.includes(column));
  const assignments = updated.map((column) => `${quoted(column)} = excluded.${quoted(column)}`);
  return `ON CONFLICT (${list(key)}) DO UPDATE SET ${assignments.join(', ')}`;
}

/** Prepares a statement that may be handed more named parameters than it uses. */
export function prepare(database: DatabaseSync, sql: string): StatementSync {
  const statement = database.prepare(sql);
  statement.setAllowUnknownNamedParameters(true);
  return statement;
}

/** The one number that a query returns; 0 for NULL or no row. */
export function readNumber(
  database: DatabaseSync,
  sql: string,
  parameters: Record<string, SQLInputValue> = {},
): number {
  const row = prepare(database, sql).get(parameters);
  return Number(Object.values(row ?? {})[0] ?? 0);
}

/** How many rows the last INSERT, UPDATE or DELETE touched. */
export const changes = (result: { changes: number | bigint }) => Number(result.changes);
