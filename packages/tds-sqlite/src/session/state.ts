/** What a session remembers between requests, and while one runs. */

import { errors } from '../errors.ts';
import type { LockOwner } from '../locks/write-lock.ts';
import type { SqlValue } from '../procedure.ts';
import { beginWriting, type Connection } from '../storage/connection.ts';
import type { StoredTable } from '../storage/model.ts';
import type { ParameterDeclaration } from '../syntax/ast.ts';
import type { IsolationLevel, ResponseSink } from '../tds/backend.ts';
import type { SqlType } from '../values/types.ts';
import type { Database } from './database.ts';
import type { Instance } from './instance.ts';
import { Transaction } from './transaction.ts';

export interface Options {
  noCount: boolean;
  xactAbort: boolean;
  implicitTransactions: boolean;
  /** Milliseconds; -1 waits for ever. */
  lockTimeout: number;
  isolation: IsolationLevel;
  language: string;
  dateFirst: number;
  /** Table with IDENTITY_INSERT ON, as `database.schema.table` in lower case. */
  identityInsert: string;
  /** SET ROWCOUNT: 0 is no limit. */
  rowCountLimit: number;
  /** What sp_who and the like show. */
  others: Map<string, string>;
}

const defaultOptions = (): Options => ({
  noCount: false,
  xactAbort: false,
  implicitTransactions: false,
  lockTimeout: -1,
  isolation: 'read committed',
  language: 'us_english',
  dateFirst: 7,
  identityInsert: '',
  rowCountLimit: 0,
  others: new Map(),
});

/** For whoever changes options and puts back what they were. */
export const copyOf = (options: Options): Options => ({
  ...options,
  others: new Map(options.others),
});

/** Options that everybody's client turns on; sqlcmd leaves QUOTED_IDENTIFIER to `-I`. */
export const isOn = ({ others }: Options, name: 'QUOTED_IDENTIFIER' | 'ANSI_NULLS'): boolean =>
  others.get(name) !== 'OFF';

export interface CaughtError {
  number: number;
  severity: number;
  state: number;
  message: string;
  procedure: string | undefined;
  line: number;
}

export interface Prepared {
  text: string;
  parameters: ParameterDeclaration[];
  declaration: string;
}

export interface ClientInfo {
  user: string;
  applicationName: string;
  hostName: string;
  libraryName: string;
  readOnlyIntent: boolean;
}

export class SessionState implements LockOwner {
  readonly instance: Instance;
  readonly spid: number;
  readonly client: ClientInfo;
  readonly loginTime = new Date().toISOString();
  readonly transaction = new Transaction(this);
  readonly prepared = new Map<number, Prepared>();
  options = defaultOptions();
  /** @@ROWCOUNT, @@ERROR and SCOPE_IDENTITY's outermost value. */
  rowCount = 0;
  lastError = 0;
  lastIdentity: string | null = null;
  contextInfo: Uint8Array | null = null;
  /** SESSION_CONTEXT by lower-case key. */
  readonly context = new Map<string, SqlValue>();
  /** Its keys that may not be set again. */
  readonly readOnlyContext = new Set<string>();
  /** Errors of the CATCH blocks that run, innermost last. */
  readonly caught: CaughtError[] = [];
  /** TRY blocks around the running statement. */
  tries = 0;
  /** Nested procedures and texts. */
  nesting = 0;
  #database: Database;
  readonly #home: Database;
  readonly #connections = new Map<Database, Connection>();

  constructor(instance: Instance, database: Database, client: ClientInfo) {
    this.instance = instance;
    this.spid = instance.newSpid();
    this.client = client;
    this.#database = database;
    this.#home = database;
  }

  get database(): Database {
    return this.#database;
  }

  /** Temporary tables move along. */
  use(database: Database): void {
    if (database === this.#database) return;
    const before = this.#connections.get(this.#database);
    this.#database = database;
    if (before?.hasTemporary) moveTemporary(before, this.connection());
  }

  connection(database = this.#database): Connection {
    let connection = this.#connections.get(database);
    if (!connection) {
      connection = database.open();
      this.#connections.set(database, connection);
    }
    return connection;
  }

  get hasConnections(): boolean {
    return this.#connections.size > 0;
  }

  /** Waits for the write lock where a statement must; see Transaction. */
  async lock(database: Database, signal: AbortSignal): Promise<void> {
    await this.transaction.join(
      database,
      this.connection(database),
      this.options.lockTimeout,
      signal,
    );
  }

  /**
   * Runs a statement that writes: all of it or nothing. Inside a transaction it is a part of that;
   * outside it is one of its own.
   */
  async write<T>(
    database: Database,
    signal: AbortSignal,
    work: (connection: Connection) => T,
  ): Promise<T> {
    const connection = this.connection(database);
    if (this.transaction.doomed) throw errors.doomedCommit();
    if (this.transaction.count > 0) {
      await this.lock(database, signal);
      return guarded(
        connection,
        'SAVEPOINT "sys$statement"',
        'RELEASE "sys$statement"',
        'ROLLBACK TO "sys$statement"; RELEASE "sys$statement"',
        work,
      );
    }
    await database.writeLock.acquire(this, this.options.lockTimeout, signal);
    try {
      return guarded(connection, beginWriting, 'COMMIT', 'ROLLBACK', work);
    } finally {
      database.writeLock.release(this);
    }
  }

  /** A statement on temporary tables only: nobody else can see them, so no lock is needed. */
  writeTemporary<T>(work: (connection: Connection) => T): T {
    return guarded(
      this.connection(),
      'SAVEPOINT "sys$statement"',
      'RELEASE "sys$statement"',
      'ROLLBACK TO "sys$statement"; RELEASE "sys$statement"',
      work,
    );
  }

  /** Back to what it was after login; connections go back to their databases. */
  reset(keepTransaction: boolean): void {
    if (!keepTransaction) this.endTransaction();
    this.instance.appLocks.releaseAll(this, keepTransaction ? ['Session'] : undefined);
    if (this.transaction.count === 0) this.giveBackConnections();
    this.#database = this.#home;
    this.options = {
      ...defaultOptions(),
      ...(keepTransaction && { isolation: this.options.isolation }),
    };
    this.rowCount = 0;
    this.lastError = 0;
    this.lastIdentity = null;
    this.contextInfo = null;
    this.context.clear();
    this.readOnlyContext.clear();
    this.caught.length = 0;
    this.tries = 0;
    this.nesting = 0;
    this.prepared.clear();
  }

  /** Rolls back and releases the transaction's application locks. */
  endTransaction(sink?: ResponseSink): void {
    const { id, count } = this.transaction;
    if (count > 0) {
      this.transaction.abandon();
      sink?.transaction('rollback', id);
    }
    this.instance.appLocks.releaseAll(this, ['Transaction']);
  }

  giveBackConnections(): void {
    for (const [database, connection] of this.#connections) database.giveBack(connection);
    this.#connections.clear();
  }
}

function guarded<T>(
  connection: Connection,
  begin: string,
  commit: string,
  rollback: string,
  work: (connection: Connection) => T,
): T {
  let result: T;
  try {
    connection.sqlite.exec(begin);
    result = work(connection);
    connection.sqlite.exec(commit);
  } catch (error) {
    if (connection.sqlite.isTransaction) connection.sqlite.exec(rollback);
    connection.forget();
    throw error;
  }
  connection.settled();
  return result;
}

/** A temporary table lives in one SQLite connection: another database's gets a copy. */
function moveTemporary(from: Connection, to: Connection): void {
  for (const table of from.temporary.tables()) {
    const create = from.first('SELECT sql FROM temp.sqlite_schema WHERE name = ?', [table.name]);
    to.sqlite.exec(String(create?.[0]).replace(/^CREATE TABLE/i, 'CREATE TEMP TABLE'));
    const insert = to.prepare(
      `INSERT INTO ${table.sql} VALUES (${table.columns.map(() => '?').join(',')})`,
    );
    for (const row of from.rows(`SELECT * FROM ${table.sql}`)) insert.run(...row);
    const { sql: _sql, database: _database, ...definition } = table;
    to.temporary.put({ ...definition, id: 0 });
    from.sqlite.exec(`DROP TABLE ${table.sql}`);
    from.temporary.remove(table);
  }
}

/** Variables and identity of one batch, procedure or text. */
export interface Frame {
  readonly variables: Map<string, { type: SqlType; value: SqlValue }>;
  readonly tableVariables: Map<string, StoredTable>;
  /** `schema.name` of the procedure that runs; undefined in a batch. */
  procedure: string | undefined;
  /** Where its own unqualified names are looked up first. */
  schema: string;
  lastIdentity: string | null;
  /** A statement of the client's own batch, not of something that it executes. */
  outermost: boolean;
}

export const newFrame = (details: Partial<Frame> = {}): Frame => ({
  variables: new Map(),
  tableVariables: new Map(),
  procedure: undefined,
  schema: 'dbo',
  lastIdentity: null,
  outermost: false,
  ...details,
});

/** One running request. */
export interface Request {
  readonly session: SessionState;
  readonly sink: ResponseSink;
  readonly signal: AbortSignal;
}
