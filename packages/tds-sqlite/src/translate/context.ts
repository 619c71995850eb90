/** What a translation knows, collects and yields. */

import type { SqlValue } from '../procedure.ts';
import type { StoredTable } from '../storage/model.ts';
import { quoteName, quoteText } from '../storage/model.ts';
import type { Expression, Name, Query } from '../syntax/ast.ts';
import { type Stored, toStored } from '../values/stored.ts';
import type { SqlType } from '../values/types.ts';

/** An expression in SQLite's SQL with the T-SQL type of its value. */
export interface Typed {
  sql: string;
  type: SqlType;
  nullable: boolean;
  /** NULL itself: takes whatever type it meets. */
  isNull?: boolean;
  /** The number of a literal. */
  literal?: number;
  /** A text known while translating (literal or variable): is it ASCII only? */
  ascii?: boolean;
  /** The collation tells letters apart by case. */
  exact?: boolean;
  /** Of a column that has one of its own, or asked for by COLLATE; absent: the database's. */
  collation?: string;
  /** COLLATE asked for it: it goes before those of columns. */
  isCollated?: boolean;
  /** As it is stored, and found by a key or an index that has it. */
  inKey?: boolean;
  /** A plain column: named in errors, kept in sight for GROUP BY. */
  column?: { source: ScopeSource; name: string };
}

export interface ResultColumn {
  name: string;
  type: SqlType;
  nullable: boolean;
  /** Where it is not the database's. */
  collation?: string;
  /** A plain column of a table that has a key or an index with it. */
  inKey?: boolean;
  /** Always NULL and of no type of its own. */
  isNull?: boolean;
  /** The text is JSON already (a nested FOR JSON, JSON_QUERY). */
  isJson?: boolean;
}

export interface ScopeColumn extends ResultColumn {
  sql: string;
}

export interface ScopeSource {
  /** How columns are prefixed: the alias, or the table's own name. */
  alias: string;
  /** Set where there is no alias: `heap.meter.code` is then allowed. */
  schema?: string;
  database?: string;
  columns: ScopeColumn[];
  /** SQL of the row's id, where the source is one table's rows. */
  rowId?: string;
  table?: StoredTable;
}

export interface Grouping {
  /** SQL of the GROUP BY expressions. */
  keys: Set<string>;
  clause: 'select' | 'having' | 'order';
}

export interface CommonTableInfo {
  sqlName: string;
  columns: ResultColumn[];
}

/** Names that an expression can see; `parent` is the query around a subquery. */
export interface Scope {
  sources: ScopeSource[];
  parent?: Scope;
  /** Common table expressions by lower-case name; outer ones through `parent`. */
  common: Map<string, CommonTableInfo>;
  grouping?: Grouping;
  /** Aggregates are allowed where this is set. */
  aggregates: boolean;
  windows: boolean;
  /** Inside an aggregate's argument. */
  insideAggregate?: boolean;
}

export const emptyScope = (parent?: Scope): Scope => ({
  sources: [],
  ...(parent && { parent }),
  common: new Map(),
  aggregates: false,
  windows: false,
});

export interface TranslatedQuery {
  sql: string;
  columns: ResultColumn[];
  /** At most one row for sure. */
  single: boolean;
  /** Of a query that is nothing but values of one row: their SQL. */
  values?: string[];
}

/** What a name in FROM can be besides a table: a view's text, or rows made on the spot. */
export type Relation =
  | { kind: 'table'; table: StoredTable }
  | { kind: 'view'; query: Query; columns?: string[]; schema: string; name: string }
  | { kind: 'rows'; columns: ResultColumn[]; rows: readonly (readonly SqlValue[])[]; name: string };

/** The session's side of a translation. */
export interface Environment {
  /** @throws 208 */
  relation(name: Name): Relation;
  /** Rows of a function about the catalogue, of constant arguments; undefined for another one. */
  catalogFunction(name: string, args: readonly SqlValue[]): Relation | undefined;
  /** Of the current database: OPENJSON and STRING_SPLIT are there from 130 on. */
  compatibilityLevel(): number;
  /** @throws 1087 */
  tableVariable(name: string): StoredTable;
  /** @throws 137 */
  variable(name: string): { type: SqlType; value: SqlValue };
  /** `@@ROWCOUNT` and its kin; undefined when there is none of that name. */
  global(name: string): { type: SqlType; value: SqlValue } | undefined;
  /** Functions about the session or the catalogue, of constant arguments (DB_NAME, ERROR_NUMBER). */
  sessionFunction(name: string): SessionFunction | undefined;
}

export interface SessionFunction {
  type: SqlType;
  run(args: SqlValue[]): SqlValue;
  /** Every answer by its one argument, for a call whose argument differs from row to row. */
  all?(): Record<string, string>;
}

/** Rules that refer to one another across files. */
export interface TranslationRules {
  query(context: Translation, query: Query, parent: Scope | undefined): TranslatedQuery;
  expression(context: Translation, scope: Scope, node: Expression): Typed;
}

/** The state of one statement's translation. */
export class Translation {
  readonly environment: Environment;
  readonly rules: TranslationRules;
  /** DDL: no parameters and no variables, everything is written out. */
  readonly inline: boolean;
  readonly parameters: Stored[] = [];
  /** A hint or the isolation level asks for locks that only a writer holds here. */
  locks = false;
  /** Views being expanded, against endless nesting. */
  depth = 0;
  readonly #bound = new Map<string, string>();
  #names = 0;

  constructor(environment: Environment, rules: TranslationRules, inline = false) {
    this.environment = environment;
    this.rules = rules;
    this.inline = inline;
  }

  /** A fresh SQLite name. */
  name(prefix: string): string {
    return `${prefix}${++this.#names}`;
  }

  /** A parameter holding this value; the same `key` shares one. */
  bind(value: Stored, key?: string): string {
    if (this.inline) return literalSql(value);
    const existing = key === undefined ? undefined : this.#bound.get(key);
    if (existing) return existing;
    this.parameters.push(value);
    const sql = `?${this.parameters.length}`;
    if (key !== undefined) this.#bound.set(key, sql);
    return sql;
  }

  bindValue(value: SqlValue, type: SqlType, key?: string): string {
    return this.bind(toStored(value, type), key);
  }

  /** A parameter whose value is set later, row by row; gives its place in `parameters`. */
  slot(): { sql: string; place: number } {
    this.parameters.push(null);
    return { sql: `?${this.parameters.length}`, place: this.parameters.length - 1 };
  }

  query(query: Query, parent?: Scope): TranslatedQuery {
    return this.rules.query(this, query, parent);
  }

  expression(scope: Scope, node: Expression): Typed {
    return this.rules.expression(this, scope, node);
  }
}

function literalSql(value: Stored): string {
  if (value === null) return 'NULL';
  if (typeof value === 'string') return quoteText(value);
  if (value instanceof Uint8Array) return `x'${Buffer.from(value).toString('hex')}'`;
  return String(value);
}

export { quoteName };
