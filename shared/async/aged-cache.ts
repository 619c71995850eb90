/** Values by key for a while, fetched once for all who ask at the same time. */

import { unlessAborted } from './abort.ts';

interface Held<T> {
  readonly value: Promise<T>;
  /** Undefined while it is fetched. */
  since: number | undefined;
}

export class AgedCache<T> {
  readonly #held = new Map<string, Held<T>>();
  readonly #now: () => number;

  /** @param now monotonic milliseconds */
  constructor(now: () => number) {
    this.#now = now;
  }

  /**
   * The value, not older than `maxAgeMs`. Failures are not kept.
   *
   * @param fetch must bound itself: it goes on for the others when one who waits leaves
   * @throws what `fetch` throws, or the reason of `signal`
   */
  get(key: string, maxAgeMs: number, fetch: () => Promise<T>, signal: AbortSignal): Promise<T> {
    const held = this.#held.get(key);
    const isFresh =
      held !== undefined && (held.since === undefined || this.#now() - held.since < maxAgeMs);
    return unlessAborted((isFresh ? held : this.#fetch(key, fetch)).value, signal);
  }

  delete(key: string): void {
    this.#held.delete(key);
  }

  #fetch(key: string, fetch: () => Promise<T>): Held<T> {
    const held: Held<T> = { value: fetch(), since: undefined };
    this.#held.set(key, held);
    held.value.then(
      () => {
        held.since = this.#now();
      },
      () => {
        if (this.#held.get(key) === held) this.#held.delete(key);
      },
    );
    return held;
  }
}
