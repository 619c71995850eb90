/**
 * What the TDS server asks of whatever answers the requests. The wire side knows nothing of SQL;
 * the engine behind this interface knows nothing of packets and tokens.
 */

import type { SqlValue } from '../procedure.ts';

export interface ColumnType {
  /** T-SQL type as it would be declared: `int`, `decimal(12,2)`, `nvarchar(max)`, `datetime2(3)`. */
  type: string;
  /** Default true. */
  nullable?: boolean;
}

export interface Column extends ColumnType {
  /** Empty for a column without a name. */
  name: string;
}

/** An ERROR token when `severity` is above 10, an INFO token otherwise. */
export interface Message {
  number: number;
  /** SQL Server's class, 0 to 25. From 20 on the connection is closed after the response. */
  severity: number;
  state: number;
  text: string;
  /** What @@SERVERNAME answers in the session. */
  server: string;
  procedure?: string;
  /** Default 1. */
  line?: number;
}

export interface Output extends ColumnType {
  /** With the leading `@`. */
  name: string;
  value: SqlValue;
}

/**
 * What a running request writes its response to. Once the request is cancelled or the client is
 * gone every method does nothing, except that `ready` rejects.
 */
export interface ResponseSink {
  /** Begins a result set. Throws a TypeError for no column, or for a type that is unknown. */
  columns(columns: readonly Column[]): void;
  /**
   * Values in the order of the columns: dates and times ISO 8601 text, decimals and money text
   * (numbers do too), bigint as number or bigint, uniqueidentifier text. Throws a RangeError
   * naming the column for a value its type cannot hold; nothing of that row is then sent.
   */
  row(values: readonly SqlValue[]): void;
  /**
   * A statement is done. `rowCount` absent: nothing to count (SET NOCOUNT ON, DDL).
   * `inProcedure`: the statement ran inside a procedure that the batch executes. In an RPC every
   * statement is one of a procedure, so it need not be set. More-bits, error-bits and the
   * final DONE or DONEPROC are made here.
   */
  done(details?: { rowCount?: number; inProcedure?: boolean }): void;
  /** Reaches the client at once, while the request still runs. */
  info(message: Message): void;
  error(message: Message): void;
  /** Call when the session's database or language changed, with both names. */
  environment(change: 'database' | 'language', newValue: string, oldValue: string): void;
  /**
   * Return value of a procedure. In a batch: call it when an `EXEC` of the batch itself (not a
   * nested one) has ended, in place of `done`: it makes RETURNSTATUS and DONEPROC of it.
   * In an RPC: call it once; it is sent with the output parameters at the end. An RPC that ends
   * without it and without an error returns 0.
   */
  returnStatus(value: number): void;
  /** Output parameter of an RPC. */
  outputParameter(output: Output): void;
  /** The session's transaction began or ended; `id` is not 0 and is its name on the wire. */
  transaction(change: 'begin' | 'commit' | 'rollback', id: bigint): void;
  /**
   * Resolves when more may be written: await it every few rows (cheap when there is room) or the
   * whole result is held in memory. It lets the event loop run from time to time, so that a
   * cancel is seen. Rejects with the signal's reason once the request is cancelled.
   */
  ready(): Promise<void>;
}

export interface RpcParameter {
  /** With the leading `@`; empty when passed by position. */
  name: string;
  /** As it would be declared, always in full: `nvarchar(4000)`, `decimal(12, 2)`. */
  type: string;
  value: SqlValue;
  output: boolean;
  /** The caller asks for the parameter's default; `value` is null. */
  isDefault: boolean;
}

export interface RpcCall {
  /** As the client wrote it (`crude.sp_x`, `[HCS].[dbo].[sp_x]`), or `sp_executesql`, `sp_prepare`… */
  procedure: string;
  parameters: RpcParameter[];
}

export type IsolationLevel =
  | 'read uncommitted'
  | 'read committed'
  | 'repeatable read'
  | 'serializable'
  | 'snapshot';

export type TransactionRequest =
  /** `isolationLevel` absent: the session's stays as it is. */
  | { kind: 'begin'; name: string; isolationLevel?: IsolationLevel }
  /** `name` is for the eye only. `begin`: start the next one at once. */
  | { kind: 'commit'; name: string; begin?: { name: string; isolationLevel?: IsolationLevel } }
  /** `name` empty: the whole transaction; otherwise the transaction or save point so named. */
  | { kind: 'rollback'; name: string; begin?: { name: string; isolationLevel?: IsolationLevel } }
  | { kind: 'save'; name: string };

/**
 * One client's session. Never more than one of `batch` to `reset` runs at a time. Errors of SQL go
 * to `sink.error`; a rejection does too when it is a SqlServerError, and anything else becomes a
 * severe error that ends the connection. After `signal` is aborted a rejection is expected and
 * means nothing; the next request waits until the promise settled.
 */
export interface Session {
  /** The database after login. */
  readonly database: string;
  readonly spid: number;
  /** Aborted by KILL: what runs says so itself, a connection that waits is closed at once. */
  readonly killed?: AbortSignal;
  batch(sql: string, sink: ResponseSink, signal: AbortSignal): Promise<void>;
  rpc(call: RpcCall, sink: ResponseSink, signal: AbortSignal): Promise<void>;
  transactionRequest(
    request: TransactionRequest,
    sink: ResponseSink,
    signal: AbortSignal,
  ): Promise<void>;
  /**
   * The rows that follow a batch `insert bulk <table> (…)`, which `batch` has answered with
   * nothing but `done`. Report the inserted rows with `sink.done({ rowCount })`. The columns come
   * in the order and under the names of that batch. A malformed row rejects the iteration.
   */
  bulkLoad(
    columns: readonly Column[],
    rows: AsyncIterable<readonly SqlValue[]>,
    sink: ResponseSink,
    signal: AbortSignal,
  ): Promise<void>;
  /**
   * As sp_reset_connection before the next request of a pooled connection: options, temporary
   * objects and database as after login; rolls back unless `keepTransaction`.
   */
  reset(options: { keepTransaction: boolean }, sink: ResponseSink): Promise<void>;
  /** Logged out or connection lost: rolls back, releases locks. Called once, nothing after it. */
  close(): void | Promise<void>;
}

export interface LoginRequest {
  user: string;
  password: string;
  /** In place of both: what Microsoft Entra gave the client. */
  accessToken?: string;
  /** Empty: the login's default. */
  database: string;
  applicationName: string;
  /** The client's machine, as the client says. */
  hostName: string;
  /** The client's library, as the client says: `Tedious`. */
  libraryName: string;
  /** As the client named the server it wanted. */
  serverName: string;
  language: string;
  /** ApplicationIntent=ReadOnly: a listener would lead it to a secondary. */
  readOnlyIntent: boolean;
}

export interface Backend {
  /** Rejects with a LoginError. */
  login(request: LoginRequest, signal: AbortSignal): Promise<Session>;
  /** For messages before there is a session. */
  serverName: string;
  /** As SERVERPROPERTY('ProductVersion') says it: 15.0.2000. */
  version: { major: number; minor: number; build: number };
}

/**
 * Why a login is refused, in SQL Server's own number and text. The client is
 * told that, and after 4060 (unknown database) 18456 too, as SQL Server does.
 */
export class LoginError extends Error {
  readonly number: number;
  readonly severity: number;
  readonly state: number;

  constructor(number: number, message: string, severity = 14, state = 1) {
    super(message);
    this.name = 'LoginError';
    this.number = number;
    this.severity = severity;
    this.state = state;
  }
}
