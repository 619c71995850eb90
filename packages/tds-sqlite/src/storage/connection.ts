/** One SQLite connection of one session to one database. */

import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { type FunctionState, registerFunctions } from '../functions/register.ts';
import type { Stored } from '../values/stored.ts';
import { Catalog } from './catalog.ts';
import { quoteName } from './model.ts';
import { TemporaryCatalog } from './temporary.ts';

/** Prepared statements kept; the oldest goes first. */
const preparedLimit = 300;
/** SQLite's page cache for one connection, in KiB: a hundred sessions must stay small. */
const cacheKiB = 1000;

/**
 * Takes SQLite's write lock of the session's own database. BEGIN IMMEDIATE would take those of the
 * attached ones, too, and refuse those who write there.
 */
export const beginWriting = 'BEGIN; DELETE FROM main."sys$objects" WHERE 0';

export class Connection {
  readonly sqlite: DatabaseSync;
  readonly catalog: Catalog;
  readonly functions: FunctionState = {
    identity: { next: 1n, increment: 1n, last: null },
    notes: [],
  };
  inTransaction = false;
  #temporary: TemporaryCatalog | undefined;
  readonly #attached = new Map<string, Catalog>();
  readonly #prepared = new Map<string, StatementSync>();

  /** @param durable false: a database that is gone at close anyway need not be flushed to disk */
  constructor(database: string, path: string, durable: boolean) {
    this.sqlite = new DatabaseSync(path);
    this.sqlite.exec(
      `PRAGMA journal_mode = WAL; PRAGMA synchronous = ${durable ? 'NORMAL' : 'OFF'};
       PRAGMA cache_size = -${cacheKiB}; PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY`,
    );
    registerFunctions(this.sqlite, this.functions);
    this.catalog = new Catalog(this.sqlite, database);
  }

  /** Temporary tables of the session, made when first asked for. */
  get temporary(): TemporaryCatalog {
    this.#temporary ??= new TemporaryCatalog(this.sqlite);
    return this.#temporary;
  }

  get hasTemporary(): boolean {
    return this.#temporary !== undefined && this.#temporary.tables().length > 0;
  }

  /** Another database's catalogue; its tables are named with the database before them. */
  attached(database: string, path: string): Catalog {
    const existing = this.#attached.get(database);
    if (existing) return existing;
    this.sqlite.exec(`ATTACH '${path.replaceAll("'", "''")}' AS ${quoteName(database)}`);
    const catalog = new Catalog(this.sqlite, database, database);
    this.#attached.set(database, catalog);
    return catalog;
  }

  prepare(sql: string): StatementSync {
    const existing = this.#prepared.get(sql);
    if (existing) return existing;
    const statement = this.sqlite.prepare(sql);
    statement.setReturnArrays(true);
    statement.setReadBigInts(true);
    this.#prepared.set(sql, statement);
    if (this.#prepared.size > preparedLimit) {
      const [oldest] = this.#prepared.keys();
      if (oldest !== undefined) this.#prepared.delete(oldest);
    }
    return statement;
  }

  /** Rows as arrays; integers are BigInt. The statement is reset however the loop ends. */
  *rows(sql: string, parameters: readonly Stored[] = []): Generator<Stored[], void> {
    try {
      yield* this.prepare(sql).iterate(...parameters) as unknown as Iterable<Stored[]>;
    } catch (error) {
      // node:sqlite does not reset a statement that failed between rows: it would fail again.
      this.#prepared.delete(sql);
      throw error;
    }
  }

  first(sql: string, parameters: readonly Stored[] = []): Stored[] | undefined {
    return this.prepare(sql).get(...parameters) as unknown as Stored[] | undefined;
  }

  /** @returns rows changed */
  run(sql: string, parameters: readonly Stored[] = []): number {
    return Number(this.prepare(sql).run(...parameters).changes);
  }

  begin(): void {
    this.sqlite.exec(beginWriting);
    this.inTransaction = true;
  }

  commit(): void {
    this.sqlite.exec('COMMIT');
    this.inTransaction = false;
    this.settled();
  }

  /** After a statement or a transaction; nothing happens while one goes on. */
  settled(): void {
    if (!this.sqlite.isTransaction) this.#temporary?.settled();
  }

  rollback(): void {
    this.inTransaction = false;
    // SQLite may have rolled back itself (a full disk, an interrupted commit).
    if (this.sqlite.isTransaction) this.sqlite.exec('ROLLBACK');
    this.forget();
  }

  /** Definitions that were rolled back. */
  forget(): void {
    this.catalog.forget();
    this.#temporary?.forget();
  }

  close(): void {
    this.#prepared.clear();
    this.sqlite.close();
  }
}
