/** The databases of the catalogue, by id: short queries, and sessions for longer work. */

import { unlessAborted } from '../abort.ts';
import { leavesSessionUsable } from './errors.ts';
import { type DatabaseAddress, Pools } from './pools.ts';
import { Session, type SqlParameter } from './session.ts';

export class Databases {
  readonly #pools: Pools;

  constructor(addresses: readonly DatabaseAddress[]) {
    this.#pools = new Pools(addresses);
  }

  /** Borrows a connection: the caller must release or destroy it on every path. */
  async session(id: string, signal: AbortSignal): Promise<Session> {
    return Session.open(await unlessAborted(this.#pools.get(id), signal), signal);
  }

  /** One short statement on any free connection. @throws DatabaseError, or the signal's reason */
  async query(
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

  async close(): Promise<void> {
    await this.#pools.close();
  }
}
