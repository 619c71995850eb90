/** How many requests may come in a minute, by key: the generic cell rate algorithm (ITU-T I.371). */

const windowMs = 60_000;

/** Keys that are remembered; 100 bytes each. One that has not been too fast is soon forgotten. */
const mostKeys = 50_000;

/** So many of the oldest are looked at for each request, so that those who rest are gone. */
const looks = 4;

export class RateLimit {
  /** Requests a minute; as many may come at once after a minute of rest. */
  readonly quota: number;
  readonly #now: () => number;
  readonly #spacingMs: number;
  /** When what each key has asked for would have come, had it come evenly; the oldest first. */
  readonly #even = new Map<string, number>();

  /** @param now monotonic milliseconds */
  constructor(quota: number, now: () => number) {
    this.quota = quota;
    this.#now = now;
    this.#spacingMs = windowMs / quota;
  }

  /** Counts a request. @returns undefined, or milliseconds after which one more will do */
  take(key: string): number | undefined {
    const now = this.#now();
    const even = this.#evenOf(key, now);
    const waitMs = even + this.#spacingMs - now - windowMs;
    // Rounding must not refuse the last one.
    if (waitMs > 1e-6) return waitMs;
    this.#even.delete(key);
    this.#forget(now);
    this.#even.set(key, even + this.#spacingMs);
    return undefined;
  }

  /** The same, without counting one. */
  waitMs(key: string): number | undefined {
    const now = this.#now();
    const waitMs = this.#evenOf(key, now) + this.#spacingMs - now - windowMs;
    return waitMs > 1e-6 ? waitMs : undefined;
  }

  /** How many keys are remembered. */
  get size(): number {
    return this.#even.size;
  }

  #evenOf(key: string, now: number): number {
    return Math.max(this.#even.get(key) ?? now, now);
  }

  /** Who has been slow enough is as good as new; where nobody has, the oldest has rested longest. */
  #forget(now: number): void {
    let looked = 0;
    for (const [key, even] of this.#even) {
      const isFull = this.#even.size >= mostKeys;
      if (even > now && !isFull) return;
      this.#even.delete(key);
      looked += 1;
      if (looked === looks) return;
    }
  }
}
