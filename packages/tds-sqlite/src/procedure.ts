/**
 * What a stored procedure is to the SQL Server stand-in: a TypeScript function with declared
 * parameters, run inside a session. The demo's procedures are written against this file alone.
 */

import type { DatabaseSync } from 'node:sqlite';

/** A value as SQL Server would hold it; dates and times are ISO 8601 text, decimals are text. */
export type SqlValue = null | boolean | number | bigint | string | Uint8Array;

export interface ProcedureParameter {
  /** With the leading `@`. Matched without regard to case, as SQL Server does. */
  name: string;
  /** T-SQL type as it would be declared: `int`, `varchar(4)`, `nvarchar(max)`, `decimal(12, 2)`. */
  type: string;
  /** Absent: the caller must pass it (error 201 otherwise). */
  default?: SqlValue;
  output?: boolean;
}

export interface Procedure {
  /** `schema.name`, without brackets, e.g. `crude.sp_load_datasource_meter`. */
  name: string;
  parameters: ProcedureParameter[];
  /** Returns the procedure's return value (0 when nothing is returned). */
  run(context: ProcedureContext): Promise<number | undefined>;
}

export interface ProcedureContext {
  /** By name without `@`, in the case of the declaration. */
  parameters: Readonly<Record<string, SqlValue>>;
  /** The database the procedure lives in. Tables are named `"schema.table"`: `"heap.meter"`. */
  database: DatabaseSync;
  /** Another database of the same stand-in, for reading only (a linked server would be). */
  linked(databaseName: string): DatabaseSync;
  /** Aborted by an attention, by a lost connection and by shutdown. */
  signal: AbortSignal;
  /** RAISERROR(text, severity 0, 1) WITH NOWAIT: reaches the client while the procedure runs. */
  message(text: string): void;
  /** Waits, and rejects as soon as `signal` is aborted. */
  delay(milliseconds: number): Promise<void>;
  /** Lets other sessions run, and rejects when aborted. Call between chunks of rows. */
  breathe(): Promise<void>;
  /**
   * Runs `work` inside one transaction of this database (waits for another writer first);
   * commits at its end, rolls back when it throws or the session is cancelled.
   */
  transaction<T>(work: () => Promise<T>): Promise<T>;
  /** Adds to the DONE row count the client sees (`rowsAffected`). */
  affected(rows: number): void;
  setOutput(name: string, value: SqlValue): void;
  /** Sends one result set. `columns` maps a name to its T-SQL type. */
  resultSet(columns: Record<string, string>, rows: Iterable<readonly SqlValue[]>): void;
  /** Runs another procedure of the same database in this session. */
  execute(name: string, parameters?: Record<string, SqlValue>): Promise<number>;
}

/** An error with SQL Server's own number; throw it from a procedure to raise it. */
export class SqlServerError extends Error {
  readonly number: number;
  readonly severity: number;
  readonly state: number;
  readonly procedure: string | undefined;
  readonly line: number;
  /** What the client is told before it: why. */
  readonly preceding: SqlServerError | undefined;

  constructor(
    number: number,
    message: string,
    details: {
      severity?: number;
      state?: number;
      procedure?: string;
      line?: number;
      preceding?: SqlServerError;
    } = {},
  ) {
    super(message);
    this.name = 'SqlServerError';
    this.number = number;
    this.severity = details.severity ?? 16;
    this.state = details.state ?? 1;
    this.procedure = details.procedure;
    this.line = details.line ?? 1;
    this.preceding = details.preceding;
  }
}

/** One database of the stand-in: its own SQLite file. */
export interface DatabaseDefinition {
  /** As a client names it at login and in USE: `HCS`. */
  name: string;
  /** What @@SERVERNAME answers and the call log names; `server` unless told. */
  server?: string;
  /** T-SQL, run once when the file is new: CREATE SCHEMA, CREATE TABLE, CREATE INDEX. */
  schema?: string;
  /** Fills a new database. Tables are named `"schema.table"`. Runs in one transaction. */
  seed?(database: DatabaseSync): void;
  /** In TypeScript, beside those that T-SQL creates. */
  procedures?: readonly Procedure[];
}

/** Permissions of the server that can be denied here (docs: Server permissions). */
export const serverPermissions = ['VIEW SERVER STATE', 'ALTER ANY CONNECTION'] as const;
export type ServerPermission = (typeof serverPermissions)[number];

/** Or a right to one object, `EXECUTE ON dbo.sp_x` or `SELECT ON heap.meter`, in whichever database. */
export type Denial = ServerPermission | `${'EXECUTE' | 'SELECT'} ON ${string}.${string}`;

export interface SqlServerOptions {
  databases: DatabaseDefinition[];
  /** Login name to password. */
  logins: Record<string, string>;
  /** Access token of Microsoft Entra to login name; absent: none is taken. */
  accessTokens?: Record<string, string>;
  /** What no login may do; default: nothing. The control interface changes it. */
  denied?: readonly Denial[];
  /** Folder of the SQLite files; absent: in memory, gone at close. */
  directory?: string;
  /** 0 (default): any free port. */
  port?: number;
  /** Further ports of the same: several servers' addresses for what is one. */
  morePorts?: readonly number[];
  /** HTTP control interface for tests and demos; 0 (default): any free port. */
  controlPort?: number;
}

/** One line of the call log. Times are Date.now() milliseconds, with fractions. */
export interface ProcedureCall {
  id: number;
  procedure: string;
  database: string;
  server: string;
  session: number;
  /** The session's CONTEXT_INFO, as far as it is text: whoever we call for enters its run. */
  context: string;
  parameters: Record<string, SqlValue>;
  start: number;
  /** Absent while it runs. */
  end?: number;
  outcome?: 'ok' | 'error' | 'cancelled' | 'disconnected';
  error?: { number: number; message: string };
}

export interface SqlServer {
  port: number;
  /** All of them, `port` first. */
  ports: readonly number[];
  controlPort: number;
  /** Direct access for tests. */
  database(name: string): DatabaseSync;
  calls(): readonly ProcedureCall[];
  close(): Promise<void>;
}
