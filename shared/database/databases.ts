/** The databases of the catalogue, by id: short queries, and sessions for longer work. */

import { unlessAborted } from '../abort.ts';
import { withRetries } from '../retry.ts';
import type { DatabaseAddress } from './address.ts';
import { leavesSessionUsable, toDatabaseError } from './errors.ts';
import { type PoolOptions, Pools } from './pools.ts';
import { Session, type SqlParameter } from './session.ts';

/** A pool may hold several connections that a fail-over has broken. */
const retry = { attempts: 3, baseMs: 100, capMs: 400 };

/** Between the calls of one run connections rest for less: those are not asked. */
const restMs = 5_000;

/** The answer to `SELECT 1` takes a round trip; the rest is for a busy server. */
const signOfLifeMs = 2_000;

export class Databases {
  readonly #pools: Pools;

  constructor(addresses: readonly DatabaseAddress[], options: PoolOptions = {}) {
    this.#pools = new Pools(addresses, options);
  }

  /**
   * Borrows a connection: the caller must release or destroy it on every path.
   *
   * A server that vanished without a word (a fail-over, a network that lost its state) leaves
   * connections behind that look whole and answer nothing for a quarter of an hour. One that has
   * rested is asked for a sign of life first, and replaced when it gives none.
   *
   * @throws DatabaseError, or the reason of `signal`
   */
  async session(id: string, signal: AbortSignal): Promise<Session> {
    const pool = await unlessAborted(this.#pools.get(id), signal);
    for (;;) {
      const session = await Session.open(pool, signal);
      if (session.restedMs < restMs || (await isAlive(session, signal))) return session;
      session.destroy();
    }
  }

  /**
   * One short statement on any free connection; it is made again when the connection breaks, so it
   * must only read.
   *
   * @throws DatabaseError, or the reason of `signal`
   */
  query(
    id: string,
    text: string,
    parameters: readonly SqlParameter[],
    signal: AbortSignal,
  ): Promise<Record<string, unknown>[]> {
    return withRetries(
      () => this.#queryOnce(id, text, parameters, signal),
      (error) => toDatabaseError(error).meaning === 'transient',
      retry,
      signal,
    );
  }

  /**
   * The rows of one statement as `Session.stream` gives them, on a connection of their own until
   * the last one is taken or the caller leaves. Never made again: rows may be out already.
   *
   * @throws DatabaseError, or the reason of `signal`
   */
  async *stream(
    id: string,
    text: string,
    parameters: readonly SqlParameter[],
    signal: AbortSignal,
  ): AsyncGenerator<Record<string, unknown>, void, undefined> {
    const session = await this.session(id, signal);
    let reusable = false;
    try {
      yield* session.stream(text, parameters, signal);
      reusable = true;
    } catch (error) {
      reusable = leavesSessionUsable(error);
      throw error;
    } finally {
      if (reusable) session.release();
      else session.destroy();
    }
  }

  async close(): Promise<void> {
    await this.#pools.close();
  }

  async #queryOnce(
    id: string,
    text: string,
    parameters: readonly SqlParameter[],
    signal: AbortSignal,
  ): Promise<Record<string, unknown>[]> {
    const session = await this.session(id, signal);
    try {
      const rows = await session.query(text, parameters, signal);
      session.release();
      return rows;
    } catch (error) {
      if (leavesSessionUsable(error)) session.release();
      else session.destroy();
      throw error;
    }
  }
}

async function isAlive(session: Session, signal: AbortSignal): Promise<boolean> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(signOfLifeMs)]);
  try {
    // Not the signal of the query: an attention would wait for an answer, too.
    await unlessAborted(session.query('SELECT 1', [], signal), limit);
    return true;
  } catch {
    if (signal.aborted) session.destroy();
    signal.throwIfAborted();
    return false;
  }
}
