import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { codeLists } from './evidence/code-lists.ts';
import {
  columnsOf,
  type Evidence,
  evidences,
  type Property,
  propertyOf,
} from './evidence/index.ts';
import { plain } from './filter/plain.ts';

export type Row = Record<string, SQLInputValue>;

/**
 * SQLite with prepared statements kept by their text, and with what a transaction that fails
 * leaves undone. Every evidence is a table with a column a property; relations hold ids.
 */
export class Database {
  readonly #sqlite: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();
  #level = 0;

  /** @param file a path, or `:memory:` */
  constructor(file: string) {
    this.#sqlite = new DatabaseSync(file);
    // Most pages of a small company are nearly empty, and a test has a thousand of them in memory.
    if (file === ':memory:') this.#sqlite.exec('PRAGMA page_size = 1024');
    // A power cut may cost the file; a killed process costs nothing.
    this.#sqlite.exec('PRAGMA synchronous = OFF; PRAGMA journal_mode = TRUNCATE');
    this.#sqlite.function('plain', { deterministic: true }, (value) =>
      value === null ? null : plain(String(value)),
    );
    this.#sqlite.function('folded', { deterministic: true }, (value) =>
      value === null ? null : String(value).toLowerCase(),
    );
  }

  /** True when the tables are new. */
  createTables(): boolean {
    if (this.one("SELECT 1 FROM sqlite_schema WHERE name = 'meta'") !== undefined) {
      // Of an older version, which had fewer evidences.
      this.#sqlite.exec([...evidences].reverse().map(table).join('\n'));
      return false;
    }
    this.#sqlite.exec(schema());
    for (const { list, id, kod, nazev } of codeLists) {
      this.run('INSERT INTO code_list VALUES (?, ?, ?, ?)', list, id, kod, nazev);
    }
    return true;
  }

  exec(sql: string): void {
    this.#sqlite.exec(sql);
  }

  run(sql: string, ...values: SQLInputValue[]): number {
    return Number(this.#prepare(sql).run(...values).lastInsertRowid);
  }

  one(sql: string, ...values: SQLInputValue[]): Row | undefined {
    return this.#prepare(sql).get(...values) as Row | undefined;
  }

  all(sql: string, ...values: SQLInputValue[]): Row[] {
    return this.#prepare(sql).all(...values) as Row[];
  }

  number(sql: string, ...values: SQLInputValue[]): number | undefined {
    const row = this.one(sql, ...values);
    return row === undefined ? undefined : Number(Object.values(row)[0]);
  }

  /** All of the work or none of it; one within another is undone alone. */
  transaction<T>(work: () => T): T {
    const name = `level${this.#level++}`;
    this.#sqlite.exec(`SAVEPOINT ${name}`);
    try {
      const result = work();
      this.#sqlite.exec(`RELEASE ${name}`);
      return result;
    } catch (error) {
      this.#sqlite.exec(`ROLLBACK TO ${name}; RELEASE ${name}`);
      throw error;
    } finally {
      this.#level--;
    }
  }

  close(): void {
    this.#statements.clear();
    this.#sqlite.close();
  }

  #prepare(sql: string): StatementSync {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    // Filters make statements without end; the common ones come back at once.
    if (this.#statements.size >= 200) this.#statements.clear();
    const statement = this.#sqlite.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }
}

/** An identifier in SQL. Names come from our own tables only, never from a request. */
export const quoted = (name: string): string => `"${name}"`;

function columnType({ type }: Property): string {
  if (type === 'numeric') return 'REAL';
  return type === 'integer' || type === 'logic' || type === 'relation' ? 'INTEGER' : 'TEXT';
}

function table(evidence: Evidence): string {
  const { path, children } = evidence;
  const columns = columnsOf(evidence).map((property) =>
    property.name === 'id'
      ? 'id INTEGER PRIMARY KEY AUTOINCREMENT'
      : `${quoted(property.name)} ${columnType(property)}`,
  );
  const child =
    children === undefined
      ? ''
      : `CREATE INDEX IF NOT EXISTS ${quoted(`${children.evidence} ${children.parent}`)}
           ON ${quoted(children.evidence)} (${quoted(children.parent)});`;
  const code =
    propertyOf(evidence, 'kod') === undefined
      ? ''
      : `CREATE INDEX IF NOT EXISTS ${quoted(`${path} kod`)} ON ${quoted(path)} (kod);`;
  return `CREATE TABLE IF NOT EXISTS ${quoted(path)} (${columns.join(', ')});${code}${child}`;
}

const schema = () => `
  CREATE TABLE meta (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
  CREATE TABLE code_list (list TEXT, id INTEGER PRIMARY KEY, kod TEXT, nazev TEXT);
  CREATE TABLE external_id (
    evidence TEXT, value TEXT, record INTEGER, PRIMARY KEY (evidence, value)) WITHOUT ROWID;
  CREATE INDEX "external_id record" ON external_id (evidence, record);
  CREATE TABLE change (
    version INTEGER PRIMARY KEY, evidence TEXT, record INTEGER, operation TEXT, at INTEGER, ids TEXT);
  ${[...evidences].reverse().map(table).join('\n')}
`;
