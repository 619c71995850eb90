/** What a database holds, as its registry describes it. */

import type { SqlType } from '../values/types.ts';

export interface StoredColumn {
  name: string;
  type: SqlType;
  nullable: boolean;
  /** Absent: the database's. */
  collation?: string;
  identity?: { seed: number; increment: number };
  /** T-SQL text of the default, and its constraint's name. */
  default?: { text: string; constraint: string };
  computed?: { text: string; persisted: boolean };
}

export interface StoredKey {
  kind: 'primary' | 'unique' | 'index';
  /** Made by CREATE UNIQUE INDEX: violations are 2601, not 2627. */
  uniqueIndex?: boolean;
  name: string;
  columns: { name: string; descending: boolean }[];
  /** T-SQL text of a filtered index. */
  where?: string;
}

export interface StoredForeignKey {
  name: string;
  columns: string[];
  /** `schema.table` */
  table: string;
  references: string[];
  onDelete?: string;
  onUpdate?: string;
}

export interface StoredTable {
  kind: 'table';
  id: number;
  schema: string;
  name: string;
  /** Quoted, as SQLite is told: `"heap.meter"`, `temp."#t"`, `"HCS"."dbo.meter"`. */
  sql: string;
  /** Database it lives in; empty for a temporary one. */
  database: string;
  columns: StoredColumn[];
  keys: StoredKey[];
  foreignKeys: StoredForeignKey[];
  checks: { name: string; text: string }[];
  created: string;
}

export interface StoredView {
  kind: 'view';
  id: number;
  schema: string;
  name: string;
  text: string;
  created: string;
}

export interface StoredProcedure {
  kind: 'procedure';
  id: number;
  schema: string;
  name: string;
  /** T-SQL text; empty for one written in TypeScript. */
  text: string;
  /** Settings of the session that made it, which it keeps for life; absent: ON. */
  quotedIdentifier?: false;
  ansiNulls?: false;
  created: string;
}

export type StoredObject = StoredTable | StoredView | StoredProcedure;

export const quoteName = (name: string) => `"${name.replaceAll('"', '""')}"`;
export const quoteText = (text: string) => `'${text.replaceAll("'", "''")}'`;

/** `schema.table`: the name SQLite knows the table by. */
export const sqliteName = (schema: string, name: string) => `${schema}.${name}`;
