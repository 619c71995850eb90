/**
 * The registry of one database: a table in its own file, so that DDL is transactional. SQLite's
 * schema cookie tells when the copy in memory is stale; a change without DDL touches the cookie.
 */

import type { DatabaseSync } from 'node:sqlite';
import { typeTextOf } from '../values/stored.ts';
import { parseType } from '../values/types.ts';
import {
  quoteName,
  type StoredColumn,
  type StoredObject,
  type StoredTable,
  sqliteName,
} from './model.ts';

const registry = 'sys$objects';
const extended = 'sys$extended';

/** What somebody says of an object, or of its column. */
export interface ExtendedProperty {
  /** The object's. */
  id: number;
  /** Empty: of the object itself. */
  column: string;
  name: string;
  value: string | null;
}

/** SQL Server's first user object ids look like this. */
const firstObjectId = 245575913;

export class Catalog {
  readonly #sqlite: DatabaseSync;
  readonly #database: string;
  /** `main`, `temp` or the name an attached file goes by. */
  readonly #schema: string;
  readonly #version: ReturnType<DatabaseSync['prepare']>;
  #known = -1;
  #objects = new Map<string, StoredObject>();
  #schemas = new Map<string, string>();

  constructor(sqlite: DatabaseSync, database: string, schema = 'main') {
    this.#sqlite = sqlite;
    this.#database = database;
    this.#schema = schema;
    if (schema === 'main' || schema === 'temp') {
      sqlite.exec(
        `CREATE TABLE IF NOT EXISTS ${schema}.${quoteName(registry)}` +
          '(id INTEGER PRIMARY KEY, kind TEXT, schema TEXT, name TEXT, definition TEXT)',
      );
      sqlite.exec(
        `CREATE TABLE IF NOT EXISTS ${schema}.${quoteName(extended)}` +
          '(id INTEGER, "column" TEXT, name TEXT, value TEXT, PRIMARY KEY (id, "column", name))',
      );
    }
    this.#version = sqlite.prepare(`PRAGMA ${quoteName(schema)}.schema_version`);
  }

  /** After a rollback: another's definitions may bring the schema cookie to where ours had it. */
  forget(): void {
    this.#known = -1;
  }

  /** By name without regard to case. */
  find(schema: string, name: string): StoredObject | undefined {
    this.#refresh();
    return this.#objects.get(sqliteName(schema, name).toLowerCase());
  }

  objects(): StoredObject[] {
    this.#refresh();
    return [...this.#objects.values()];
  }

  tables(): StoredTable[] {
    return this.objects().filter((object) => object.kind === 'table');
  }

  /** The schema's name as it was created, or undefined. */
  schema(name: string): string | undefined {
    this.#refresh();
    return this.#schemas.get(name.toLowerCase());
  }

  schemas(): string[] {
    this.#refresh();
    return [...this.#schemas.values()];
  }

  addSchema(name: string): void {
    this.#write('schema', name, '', '{}');
  }

  /**
   * Runs SQLite's own definitions of what `put` tells the registry of. A script of hundreds of
   * definitions would otherwise read the registry as often.
   */
  defining(work: () => void): void {
    const isCurrent = this.#isCurrent();
    work();
    if (isCurrent) this.#known = this.#schemaVersion();
  }

  /** Adds or replaces; the object's id is kept when it has one. */
  put(object: Omit<StoredTable, 'sql' | 'database'> | Exclude<StoredObject, StoredTable>): void {
    const { id, kind, schema, name, ...definition } = object;
    const text = JSON.stringify(definition, (key, value) =>
      key === 'type' && value?.text ? value.text : value,
    );
    if (!id) {
      this.#write(kind, schema, name, text);
      return;
    }
    const isCurrent = this.#isCurrent();
    const row = { id: id - firstObjectId, kind, schema, name, definition: text };
    this.#sqlite
      .prepare(`UPDATE ${this.#table} SET schema = ?, name = ?, definition = ? WHERE id = ?`)
      .run(schema, name, text, row.id);
    this.#touch();
    if (isCurrent) this.#know(row);
  }

  remove(object: { id: number }): void {
    this.#sqlite.prepare(`DELETE FROM ${this.#table} WHERE id = ?`).run(object.id - firstObjectId);
    this.#sqlite.prepare(`DELETE FROM ${this.#extended} WHERE id = ?`).run(object.id);
    this.#touch();
  }

  removeSchema(name: string): void {
    this.#sqlite
      .prepare(`DELETE FROM ${this.#table} WHERE kind = 'schema' AND schema = ?`)
      .run(name);
    this.#touch();
  }

  extendedProperties(): ExtendedProperty[] {
    return this.#sqlite
      .prepare(`SELECT * FROM ${this.#extended} ORDER BY id, "column", name`)
      .all()
      .map((row) => ({
        id: Number(row['id']),
        column: String(row['column']),
        name: String(row['name']),
        value: row['value'] === null ? null : String(row['value']),
      }));
  }

  hasExtendedProperty({ id, column, name }: Omit<ExtendedProperty, 'value'>): boolean {
    const found = this.#sqlite
      .prepare(`SELECT 1 FROM ${this.#extended} WHERE id = ? AND "column" = ? AND name = ?`)
      .get(id, column, name);
    return found !== undefined;
  }

  addExtendedProperty({ id, column, name, value }: ExtendedProperty): void {
    this.#sqlite
      .prepare(`INSERT INTO ${this.#extended} VALUES (?, ?, ?, ?)`)
      .run(id, column, name, value);
  }

  removeExtendedProperty({ id, column, name }: Omit<ExtendedProperty, 'value'>): void {
    this.#sqlite
      .prepare(`DELETE FROM ${this.#extended} WHERE id = ? AND "column" = ? AND name = ?`)
      .run(id, column, name);
  }

  /** The registry's number of a new object; null: the next that is free. */
  protected nextId(): number | null {
    return null;
  }

  get #extended(): string {
    return `${quoteName(this.#schema)}.${quoteName(extended)}`;
  }

  get #table(): string {
    return `${quoteName(this.#schema)}.${quoteName(registry)}`;
  }

  #write(kind: string, schema: string, name: string, definition: string): void {
    const isCurrent = this.#isCurrent();
    const { lastInsertRowid: id } = this.#sqlite
      .prepare(
        `INSERT INTO ${this.#table}(id, kind, schema, name, definition) VALUES (?, ?, ?, ?, ?)`,
      )
      .run(this.nextId(), kind, schema, name, definition);
    this.#touch();
    if (isCurrent) this.#know({ id, kind, schema, name, definition });
  }

  /** A row that was written to a registry whose copy in memory was current: it stays so. */
  #know(row: Record<string, unknown>): void {
    this.#take(row);
    this.#known = this.#schemaVersion();
  }

  #schemaVersion(): number {
    return Number(this.#version.get()?.['schema_version']);
  }

  #isCurrent(): boolean {
    return this.#schemaVersion() === this.#known;
  }

  /** Moves SQLite's schema cookie, here and (at commit) for every other connection. */
  #touch(): void {
    const view = `${quoteName(this.#schema)}."sys$touch"`;
    this.#sqlite.exec(`CREATE VIEW ${view} AS SELECT 1; DROP VIEW ${view}`);
    this.#known = -1;
  }

  #refresh(): void {
    const version = this.#schemaVersion();
    if (version === this.#known) return;
    this.#objects = new Map();
    this.#schemas = new Map([['dbo', 'dbo']]);
    for (const row of this.#sqlite.prepare(`SELECT * FROM ${this.#table} ORDER BY id`).all()) {
      this.#take(row);
    }
    this.#adopt();
    this.#known = version;
  }

  #take(row: Record<string, unknown>): void {
    const schema = String(row['schema']);
    if (row['kind'] === 'schema') this.#schemas.set(schema.toLowerCase(), schema);
    else this.#add(this.#object(row));
  }

  #add(object: StoredObject): void {
    this.#objects.set(sqliteName(object.schema, object.name).toLowerCase(), object);
  }

  #object(row: Record<string, unknown>): StoredObject {
    const schema = String(row['schema']);
    const name = String(row['name']);
    const parsed = JSON.parse(String(row['definition'])) as Record<string, unknown>;
    const base = {
      ...parsed,
      id: Number(row['id']) + firstObjectId,
      kind: row['kind'],
      schema,
      name,
    };
    if (row['kind'] !== 'table') return base as StoredObject;
    const table = base as unknown as StoredTable;
    for (const column of table.columns) column.type = parseType(column.type as unknown as string);
    return {
      ...table,
      sql: this.#sqlName(schema, name),
      database: this.#schema === 'temp' ? '' : this.#database,
    };
  }

  #sqlName(schema: string, name: string): string {
    if (this.#schema === 'temp') return `temp.${quoteName(name)}`;
    return `${quoteName(this.#schema)}.${quoteName(sqliteName(schema, name))}`;
  }

  /** Tables that a procedure created with SQL of its own. */
  #adopt(): void {
    const tables = this.#sqlite
      .prepare(
        `SELECT name FROM ${quoteName(this.#schema)}.sqlite_schema WHERE type = 'table' AND name LIKE '%.%'`,
      )
      .all();
    for (const row of tables) {
      const full = String(row['name']);
      const [schema = '', name = ''] = full.split(/\.(.*)/s);
      if (this.#objects.has(full.toLowerCase()) || full.startsWith('sqlite_')) continue;
      const info = this.#sqlite
        .prepare(`PRAGMA ${quoteName(this.#schema)}.table_xinfo(${quoteName(full)})`)
        .all();
      const columns = info.map(
        (column): StoredColumn => ({
          name: String(column['name']),
          type: parseType(typeTextOf(String(column['type']))),
          nullable: Number(column['notnull']) === 0 && Number(column['pk']) === 0,
        }),
      );
      const keyed = info.filter((column) => Number(column['pk']) > 0);
      if (!this.#schemas.has(schema.toLowerCase())) this.#schemas.set(schema.toLowerCase(), schema);
      this.#add({
        kind: 'table',
        id: firstObjectId + 100_000_000 + this.#objects.size,
        schema,
        name,
        sql: this.#sqlName(schema, name),
        database: this.#database,
        columns,
        keys: keyed.length
          ? [
              {
                kind: 'primary',
                name: `PK_${name}`,
                columns: keyed.map((column) => ({
                  name: String(column['name']),
                  descending: false,
                })),
              },
            ]
          : [],
        foreignKeys: [],
        checks: [],
        created: '1900-01-01T00:00:00.000',
      });
    }
  }
}
