/**
 * One connection borrowed for a while: SET options, application locks and procedure calls happen
 * on the same session. It goes back to the pool clean, or is destroyed.
 */

import { EventEmitter } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import sql from 'mssql';
import { unlessAborted } from '../abort.ts';
import { DatabaseError, toDatabaseError } from './errors.ts';
import { driverType, driverValue, kindOf, type ValueKind } from './types.ts';

export interface SqlParameter {
  /** Without `@`. */
  name: string;
  /** As in the catalogue: `int`, `varchar(4)`. */
  type: string;
  /**
   * Numbers as text keep all their digits; dates and times as ISO 8601 text, bytes as `0x…`: see
   * `driverValue`. Of an output parameter: what the procedure finds in it.
   */
  value: string | number | boolean | null;
  /** Its value after the call is in `ProcedureResult.output`. */
  output?: boolean;
}

export interface ProcedureCall {
  procedure: { schema: string; name: string };
  parameters: readonly SqlParameter[];
}

export interface ProcedureResult {
  returnValue: number;
  /** One number a statement that counted. */
  rowsAffected: number[];
  /**
   * Values of the output parameters by name without `@`; exact numbers, dates and times as text:
   * see `wire/value-reader.ts`.
   */
  output: Record<string, unknown>;
}

/** Rows that have come together. */
export interface RowBatch {
  /** Names of the columns. */
  columns: readonly string[];
  /** What the text of a column's values is; of those that are not here values are themselves. */
  kinds: ReadonlyMap<string, ValueKind>;
  /** Each row's values in the order of `columns`. */
  rows: readonly (readonly unknown[])[];
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

/** Rows that wait in memory for a slow reader: enough to keep the wire busy. */
const bufferedRows = 64;

/** An attention is answered at once by a healthy server; after this the connection is cut. */
const attentionMs = 5_000;

/** When a connection came back to its pool, in milliseconds of `performance.now()`. */
const returnedAt = new WeakMap<Connection, number>();

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

  /** How long the connection lay idle before it was borrowed, in milliseconds; 0: it is new. */
  get restedMs(): number {
    return performance.now() - (returnedAt.get(this.#connection) ?? performance.now());
  }

  /** Back to the pool. Call only when the session is as clean as it was. */
  release(): void {
    if (this.#returned) return;
    this.#returned = true;
    returnedAt.set(this.#connection, performance.now());
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
      return {
        returnValue: result.returnValue as number,
        rowsAffected: result.rowsAffected,
        output: result.output,
      };
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

  /**
   * Runs one statement and gives its rows as they come, no faster than they are taken: memory
   * holds some dozens of them. Until the last row is taken the session is busy; leaving early
   * cancels the statement, as the signal does.
   *
   * @throws DatabaseError (the statement's first error), or the reason of `signal`
   */
  async *stream(
    text: string,
    parameters: readonly SqlParameter[],
    signal: AbortSignal,
  ): AsyncGenerator<Record<string, unknown>, void, undefined> {
    for await (const rows of this.#batches(this.#request(parameters, signal), text, signal)) {
      yield* rows as Record<string, unknown>[];
    }
  }

  /**
   * `stream` for whoever takes many rows: as many at once as have come, values without names.
   *
   * @throws DatabaseError (the statement's first error), or the reason of `signal`
   */
  async *batches(
    text: string,
    parameters: readonly SqlParameter[],
    signal: AbortSignal,
  ): AsyncGenerator<RowBatch, void, undefined> {
    const request = this.#request(parameters, signal);
    request.arrayRowMode = true;
    let columns: string[] = [];
    let kinds = new Map<string, ValueKind>();
    request.on('recordset', (described: { name: string; type: unknown }[]) => {
      columns = described.map(({ name }) => name);
      kinds = new Map(
        described.flatMap(({ name, type }) => {
          const kind = kindOf(type);
          return kind === undefined ? [] : [[name, kind] as const];
        }),
      );
    });
    for await (const rows of this.#batches(request, text, signal)) {
      yield { columns, kinds, rows: rows as unknown[][] };
    }
  }

  async *#batches(
    request: sql.Request,
    text: string,
    signal: AbortSignal,
  ): AsyncGenerator<unknown[], void, undefined> {
    const rows = request.toReadableStream({ highWaterMark: bufferedRows });
    // Errors come by the stream; this one only says when the session is free again.
    const ended = request.query(text).then(
      () => {},
      () => {},
    );
    const attention = this.#attentionOn(request, signal);
    try {
      for await (const first of rows) {
        // What has arrived with the first is parsed before the event loop turns.
        await setImmediate();
        const batch: unknown[] = [first];
        while (batch.length < bufferedRows && rows.readableLength > 0) batch.push(rows.read());
        yield batch;
      }
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      throw toDatabaseError(error);
    } finally {
      if (!rows.readableEnded) attention.send();
      await ended;
      attention.clear();
    }
  }

  async #run<T>(
    parameters: readonly SqlParameter[],
    onMessage: ((text: string) => void) | undefined,
    signal: AbortSignal,
    send: (request: sql.Request) => Promise<T>,
  ): Promise<T> {
    const request = this.#request(parameters, signal);
    if (onMessage !== undefined) {
      request.on('info', (info: { message: string }) => onMessage(info.message));
    }
    const attention = this.#attentionOn(request, signal);
    try {
      return await send(request);
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      throw toDatabaseError(error);
    } finally {
      attention.clear();
    }
  }

  #request(parameters: readonly SqlParameter[], signal: AbortSignal): sql.Request {
    signal.throwIfAborted();
    const request = new sql.Request(this.#asParent());
    for (const { name, type, value, output } of parameters) {
      const given = driverValue(type, value);
      if (output) request.output(name, driverType(type), given);
      else request.input(name, driverType(type), given);
    }
    return request;
  }

  /** Asks the server to stop when the signal says so; cuts the connection of one that does not. */
  #attentionOn(request: sql.Request, signal: AbortSignal): { send(): void; clear(): void } {
    let cut: NodeJS.Timeout | undefined;
    const send = () => {
      if (cut !== undefined) return;
      cut = setTimeout(() => this.destroy(), attentionMs);
      request.cancel();
    };
    signal.addEventListener('abort', send, { once: true });
    return {
      send,
      clear() {
        signal.removeEventListener('abort', send);
        clearTimeout(cut);
      },
    };
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
    ) => globalThis.setImmediate(callback, null, this.#connection, this.#pool.config);
    parent['release'] = () => {};
    return parent as unknown as sql.ConnectionPool;
  }
}
