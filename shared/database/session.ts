/**
 * One connection borrowed for a while: SET options, application locks and procedure calls happen
 * on the same session. It goes back to the pool clean, or is destroyed.
 */

import { EventEmitter } from 'node:events';
import sql from 'mssql';
import { unlessAborted } from '../abort.ts';
import { DatabaseError, toDatabaseError } from './errors.ts';
import { driverType } from './types.ts';

export interface SqlParameter {
  /** Without `@`. */
  name: string;
  /** As in the catalogue: `int`, `varchar(4)`. */
  type: string;
  value: string | number | boolean | null;
}

export interface ProcedureCall {
  procedure: { schema: string; name: string };
  parameters: readonly SqlParameter[];
}

export interface ProcedureResult {
  returnValue: number;
  /** One number a statement that counted. */
  rowsAffected: number[];
}

/** The physical connection, as far as we touch it. */
interface Connection {
  close(): void;
}

/** What mssql's own Transaction uses of its pool; public methods that its type file leaves out. */
interface LendingPool {
  config: sql.config;
  collation?: unknown;
  acquire(requester: object): Promise<Connection>;
  release(connection: Connection): void;
}

/** An attention is answered at once by a healthy server; after this the connection is cut. */
const attentionMs = 5_000;

export class Session {
  readonly #pool: LendingPool;
  readonly #connection: Connection;
  #returned = false;

  private constructor(pool: LendingPool, connection: Connection) {
    this.#pool = pool;
    this.#connection = connection;
  }

  /** Borrows a connection. @throws DatabaseError, or the reason of `signal` */
  static async open(pool: sql.ConnectionPool, signal: AbortSignal): Promise<Session> {
    signal.throwIfAborted();
    const lending = pool as unknown as LendingPool;
    const acquiring = lending.acquire({});
    try {
      return new Session(lending, await unlessAborted(acquiring, signal));
    } catch (error) {
      if (!signal.aborted) throw toDatabaseError(error);
      // The pool may still open a connection for us: it goes straight back.
      acquiring.then(
        (connection) => lending.release(connection),
        () => {},
      );
      throw signal.reason;
    }
  }

  /** Back to the pool. Call only when the session is as clean as it was. */
  release(): void {
    if (this.#returned) return;
    this.#returned = true;
    this.#pool.release(this.#connection);
  }

  /** Cuts the connection: whatever the session did or held ends on the server as well. */
  destroy(): void {
    if (this.#returned) return;
    this.#connection.close();
    this.release();
  }

  /**
   * Calls a stored procedure and waits for its end, however long it takes.
   *
   * @param onMessage gets every PRINT and RAISERROR of severity 10 or less as it arrives
   * @param signal its abort sends an attention; when the server does not answer that within 5 s
   *   the connection is destroyed
   * @throws DatabaseError (the procedure's first error), or the reason of `signal`
   */
  call(
    call: ProcedureCall,
    onMessage: (text: string) => void,
    signal: AbortSignal,
  ): Promise<ProcedureResult> {
    const { schema, name } = call.procedure;
    return this.#run(call.parameters, onMessage, signal, async (request) => {
      const result = await request.execute(`[${schema}].[${name}]`);
      return { returnValue: result.returnValue as number, rowsAffected: result.rowsAffected };
    });
  }

  /** Runs one statement with typed parameters and gives the rows of its first result set. */
  query(
    text: string,
    parameters: readonly SqlParameter[],
    signal: AbortSignal,
  ): Promise<Record<string, unknown>[]> {
    return this.#run(parameters, undefined, signal, async (request) => {
      const result = await request.query(text);
      return result.recordset ?? [];
    });
  }

  /** Runs a batch without parameters at session scope, where SET options stay in force. */
  batch(text: string, signal: AbortSignal): Promise<void> {
    return this.#run([], undefined, signal, async (request) => {
      await request.batch(text);
    });
  }

  async #run<T>(
    parameters: readonly SqlParameter[],
    onMessage: ((text: string) => void) | undefined,
    signal: AbortSignal,
    send: (request: sql.Request) => Promise<T>,
  ): Promise<T> {
    signal.throwIfAborted();
    const request = new sql.Request(this.#asParent());
    for (const parameter of parameters) {
      request.input(parameter.name, driverType(parameter.type), parameter.value);
    }
    if (onMessage !== undefined) {
      request.on('info', (info: { message: string }) => onMessage(info.message));
    }
    let cut: NodeJS.Timeout | undefined;
    const onAbort = () => {
      request.cancel();
      cut = setTimeout(() => this.destroy(), attentionMs);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      return await send(request);
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      throw toDatabaseError(error);
    } finally {
      signal.removeEventListener('abort', onAbort);
      clearTimeout(cut);
    }
  }

  /** A request borrows from its parent: ours always lends the one connection of this session. */
  #asParent(): sql.ConnectionPool {
    if (this.#returned) throw new DatabaseError('The session was given back', 'cancelled');
    const parent = new EventEmitter() as EventEmitter & Record<string, unknown>;
    parent['connected'] = true;
    parent['config'] = this.#pool.config;
    parent['collation'] = this.#pool.collation;
    parent['acquire'] = (
      _request: unknown,
      callback: (error: null, connection: Connection, config: sql.config) => void,
    ) => setImmediate(callback, null, this.#connection, this.#pool.config);
    parent['release'] = () => {};
    return parent as unknown as sql.ConnectionPool;
  }
}
