/**
 * The right to write to one database. SQLite knows one writer a file: here writers wait for one
 * another in order, and readers (on connections of their own, WAL) never do.
 */

import { errors } from '../errors.ts';
import type { WaitGraph } from './wait-graph.ts';
import { type Waiting, wait } from './waiting.ts';

export interface LockOwner {
  readonly spid: number;
}

export class WriteLock {
  readonly #graph: WaitGraph;
  #holder: LockOwner | undefined;
  readonly #queue: { owner: LockOwner; waiting: Waiting }[] = [];

  constructor(graph: WaitGraph) {
    this.#graph = graph;
  }

  get holder(): LockOwner | undefined {
    return this.#holder;
  }

  /**
   * Waits its turn; does nothing for the holder itself.
   * @throws 1222 after `timeout` ms (negative: never), 1205 where waiting would close a circle;
   *   the signal's reason
   */
  async acquire(owner: LockOwner, timeout: number, signal: AbortSignal): Promise<void> {
    if (this.#holder === owner) return;
    if (!this.#holder) {
      this.#holder = owner;
      return;
    }
    if (timeout === 0) throw errors.lockTimeout();
    const ahead = () => {
      const place = this.#queue.findIndex((entry) => entry.owner === owner);
      const before = place === -1 ? this.#queue : this.#queue.slice(0, place);
      return [...(this.#holder ? [this.#holder] : []), ...before.map((entry) => entry.owner)];
    };
    if (this.#graph.closesCircle(owner, ahead())) throw errors.deadlock(owner.spid);
    const entry = { owner, waiting: wait(timeout, signal) };
    this.#queue.push(entry);
    this.#graph.waiting(owner, ahead);
    try {
      if ((await entry.waiting.promise) === 'timeout' && this.#holder !== owner)
        throw errors.lockTimeout();
    } catch (error) {
      // Granted and cancelled in the same moment: hand it on.
      if (this.#holder === owner) this.release(owner);
      throw error;
    } finally {
      this.#graph.done(owner);
      const place = this.#queue.indexOf(entry);
      if (place !== -1) this.#queue.splice(place, 1);
    }
  }

  release(owner: LockOwner): void {
    if (this.#holder !== owner) return;
    const next = this.#queue.shift();
    this.#holder = next?.owner;
    next?.waiting.grant();
  }
}
