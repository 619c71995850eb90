/** The one connection that a session has borrowed, and the requests that go over it. */

import { EventEmitter } from 'node:events';
import sql from 'mssql';
import { DatabaseError, toDatabaseError } from './database-error.ts';
import {
  type ResettableConnection,
  resetWithNextRequest,
  type TransactionEnds,
  transactionEnds,
} from './driver-connection.ts';
import { driverType, driverValue } from './sql-types.ts';

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

/** The physical connection, as far as we touch it. */
export interface Connection extends ResettableConnection {
  readonly closed: boolean;
  close(): void;
}

/** What mssql's own Transaction uses of its pool; public methods that its type file leaves out. */
export interface LendingPool {
  config: sql.config;
  collation?: unknown;
  acquire(requester: object): Promise<Connection>;
  release(connection: Connection): void;
}

/** An attention is answered at once by a healthy server; after this the connection is cut. */
const attentionMs = 3_000;

/** When a connection came back to its pool, in milliseconds of `performance.now()`. */
const returnedAt = new WeakMap<Connection, number>();

export class Link {
  readonly #pool: LendingPool;
  readonly #connection: Connection;
  #returned = false;

  constructor(pool: LendingPool, connection: Connection) {
    this.#pool = pool;
    this.#connection = connection;
  }

  /** How long the connection has lain idle, in milliseconds; undefined: nobody has had it before. */
  get restedMs(): number | undefined {
    const since = returnedAt.get(this.#connection);
    return since === undefined ? undefined : performance.now() - since;
  }

  /** Makes the next request reset the session. @returns the batch that must be that request */
  reset(): string {
    return resetWithNextRequest(this.#connection);
  }

  get transactionEnds(): TransactionEnds {
    return transactionEnds(this.#connection);
  }

  /** False: it has been given back or has closed, as it does when the server ends the session. */
  get isOpen(): boolean {
    return !this.#returned && !this.#connection.closed;
  }

  /** Back to the pool. */
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

  /** A request that waits to be sent. @throws the reason of `signal`, RangeError for a value */
  request(parameters: readonly SqlParameter[], signal: AbortSignal): sql.Request {
    signal.throwIfAborted();
    const request = new sql.Request(this.#asParent());
    for (const { name, type, value, output } of parameters) {
      const given = driverValue(type, value);
      if (output) request.output(name, driverType(type), given);
      else request.input(name, driverType(type), given);
    }
    return request;
  }

  /** Sends it and waits for the end of its answer. @throws DatabaseError, or the signal's reason */
  async send<T>(
    request: sql.Request,
    signal: AbortSignal,
    send: (request: sql.Request) => Promise<T>,
  ): Promise<T> {
    const attention = this.attentionOn(request, signal);
    try {
      return await send(request);
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      throw toDatabaseError(error);
    } finally {
      attention.clear();
    }
  }

  /** Asks the server to stop when the signal says so; cuts the connection of one that does not. */
  attentionOn(request: sql.Request, signal: AbortSignal): { send(): void; clear(): void } {
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

  /** A request borrows from its parent: ours always lends this one connection. */
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
