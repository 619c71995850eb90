/**
 * One connection borrowed for a while: SET options, application locks and procedure calls happen
 * on the same session. It goes back to the pool in a known state, or is destroyed.
 */

import type sql from 'mssql';
import { unlessAborted } from '../async/abort.ts';
import { toDatabaseError } from './database-error.ts';
import type { TransactionEnds } from './driver-connection.ts';
import { type LendingPool, Link, type SqlParameter } from './link.ts';
import { callProcedure, type ProcedureCall, type ProcedureResult } from './procedure-call.ts';
import { type RowBatch, streamRowBatches } from './row-stream.ts';

export class Session {
  readonly #link: Link;

  private constructor(link: Link) {
    this.#link = link;
  }

  /** Borrows a connection. @throws DatabaseError, or the reason of `signal` */
  static async open(pool: sql.ConnectionPool, signal: AbortSignal): Promise<Session> {
    signal.throwIfAborted();
    const lending = pool as unknown as LendingPool;
    const acquiring = lending.acquire({});
    try {
      return new Session(new Link(lending, await unlessAborted(acquiring, signal)));
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

  /** False when somebody has had the connection before. */
  get isNew(): boolean {
    return this.#link.restedMs === undefined;
  }

  /** How long the connection lay idle before it was borrowed, in milliseconds; 0: it is new. */
  get restedMs(): number {
    return this.#link.restedMs ?? 0;
  }

  /** False: it has been given back, or the connection has closed. */
  get isOpen(): boolean {
    return this.#link.isOpen;
  }

  /** How many of its transactions have ended so far. */
  get transactionEnds(): TransactionEnds {
    return this.#link.transactionEnds;
  }

  /** Back to the pool; whoever borrows it next resets it. */
  release(): void {
    this.#link.release();
  }

  /** Cuts the connection: whatever the session did or held ends on the server as well. */
  destroy(): void {
    this.#link.destroy();
  }

  /**
   * Calls a stored procedure and waits for its end, however long it takes.
   *
   * @param onMessage gets every PRINT and RAISERROR of severity 10 or less as it arrives
   * @param signal its abort sends an attention; when the server does not answer that within 3 s
   *   the connection is destroyed
   * @throws DatabaseError (the procedure's first error), or the reason of `signal`
   */
  call(
    call: ProcedureCall,
    onMessage: (text: string) => void,
    signal: AbortSignal,
  ): Promise<ProcedureResult> {
    return callProcedure(this.#link, call, onMessage, signal);
  }

  /** Runs one statement with typed parameters and gives the rows of its first result set. */
  async query(
    text: string,
    parameters: readonly SqlParameter[],
    signal: AbortSignal,
  ): Promise<Record<string, unknown>[]> {
    const request = this.#link.request(parameters, signal);
    const { recordset } = await this.#link.send(request, signal, () => request.query(text));
    return recordset ?? [];
  }

  /** The same, of all its result sets; each row is told as it comes. */
  async eachRow(
    text: string,
    parameters: readonly SqlParameter[],
    onRow: (row: Record<string, unknown>) => void,
    signal: AbortSignal,
  ): Promise<void> {
    const request = this.#link.request(parameters, signal);
    request.stream = true;
    request.on('row', onRow);
    let failure: unknown;
    request.on('error', (error: Error) => {
      failure ??= error;
    });
    await this.#link.send(request, signal, async () => {
      await request.query(text);
      if (failure !== undefined) throw failure;
    });
  }

  /**
   * Runs a batch without parameters at session scope, where SET options and transactions stay in
   * force, and gives the rows of its first result set.
   */
  async batch(text: string, signal: AbortSignal): Promise<Record<string, unknown>[]> {
    const request = this.#link.request([], signal);
    const { recordset } = await this.#link.send(request, signal, () =>
      request.batch<Record<string, unknown>>(text),
    );
    return recordset ?? [];
  }

  /**
   * Gives the session the state of a new one, by the protocol: transactions, application locks,
   * temporary tables, cursors, context info, session context and options of whoever had it before
   * are gone. Never in the middle of a turn: the fence would go as well.
   *
   * @throws DatabaseError, or the reason of `signal`; the session must be destroyed then
   */
  async reset(signal: AbortSignal): Promise<void> {
    await this.batch(this.#link.reset(), signal);
  }

  /**
   * Runs one statement and gives its rows as they come, as many at once as have come, and no
   * faster than they are taken: memory holds some dozens of them. Until the last row is taken the
   * session is busy; leaving early cancels the statement, as the signal does.
   *
   * @throws DatabaseError (the statement's first error), or the reason of `signal`
   */
  batches(
    text: string,
    parameters: readonly SqlParameter[],
    signal: AbortSignal,
  ): AsyncGenerator<RowBatch, void, undefined> {
    return streamRowBatches(this.#link, text, parameters, signal);
  }
}
