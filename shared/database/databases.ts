/** The databases of the catalogue, by id: short queries, and sessions for longer work. */

import { unlessAborted } from '../abort.ts';
import { withRetries } from '../retry.ts';
import { leavesSessionUsable, toDatabaseError } from './errors.ts';
import { type DatabaseAddress, Pools } from './pools.ts';
import { Session, type SqlParameter } from './session.ts';

/** A pool may hold several connections that a fail-over has broken. */
const retry = { attempts: 3, baseMs: 100, capMs: 400 };

export class Databases {
  readonly #pools: Pools;

  constructor(addresses: readonly DatabaseAddress[]) {
    this.#pools = new Pools(addresses);
  }

  /** Borrows a connection: the caller must release or destroy it on every path. */
  async session(id: string, signal: AbortSignal): Promise<Session> {
    return Session.open(await unlessAborted(this.#pools.get(id), signal), signal);
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
