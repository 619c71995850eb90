/** Rows into tables, in the order of a table's columns. */

import type { DatabaseSync, StatementSync } from 'node:sqlite';

export type Insert = (table: string, row: readonly (string | number | null)[]) => void;

export function inserter(database: DatabaseSync): Insert {
  const statements = new Map<string, StatementSync>();
  return (table, row) => {
    const statement =
      statements.get(table) ??
      database.prepare(`INSERT INTO ${table} VALUES (${row.map(() => '?').join(', ')})`);
    statements.set(table, statement);
    statement.run(...row);
  };
}
