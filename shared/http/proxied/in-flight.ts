/** What the host has called: the calls under way, and the answers that are still being sent. */

import { setTimeout as sleep } from 'node:timers/promises';
import { allSent } from '../outgoing.ts';
import type { Calls } from './model.ts';

/**
 * The worker tells the host of a call's end after the call has ended, and its process may end with
 * the terminate hook: what waits then is lost.
 */
const tellMs = 100;

export class InFlight implements Calls {
  readonly #calls = new Map<string, PromiseWithResolvers<void>>();

  begin(invocationId: string): void {
    this.#calls.set(invocationId, Promise.withResolvers());
  }

  end(invocationId: string): void {
    this.#calls.get(invocationId)?.resolve();
    this.#calls.delete(invocationId);
  }

  /** Resolves when every call has ended, every answer is sent or broken off, and the host knows. */
  async ended(): Promise<void> {
    do {
      await Promise.all([...this.#calls.values()].map(({ promise }) => promise));
      await allSent();
    } while (this.#calls.size > 0);
    await sleep(tellMs);
  }
}
