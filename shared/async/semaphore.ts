/** At most so many at once; whoever comes later waits in line. */

export class Semaphore {
  #free: number;
  readonly #line = new Set<() => void>();

  constructor(count: number) {
    this.#free = count;
  }

  /**
   * Waits for a place.
   *
   * @returns gives the place back; to be called once
   * @throws the reason of `signal`; then no place is taken
   */
  async take(signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted();
    if (this.#free > 0) {
      this.#free -= 1;
      return this.#giveBack;
    }
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const leave = () => {
      this.#line.delete(resolve);
      reject(signal.reason);
    };
    this.#line.add(resolve);
    signal.addEventListener('abort', leave, { once: true });
    try {
      await promise;
    } finally {
      signal.removeEventListener('abort', leave);
    }
    return this.#giveBack;
  }

  readonly #giveBack = () => {
    const [next] = this.#line;
    if (next === undefined) {
      this.#free += 1;
      return;
    }
    // The place passes on without ever being free, so nobody overtakes.
    this.#line.delete(next);
    next();
  };
}
