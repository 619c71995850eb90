/**
 * What time it is, by storage: the one clock that all workers have in common. Machines are minutes
 * apart and their clocks are set while they run; the header `Date` of every answer tells storage's
 * time in whole seconds, and the process's monotonic clock goes on from there.
 */

export class StorageClock {
  /** Storage's time less our monotonic one, in milliseconds: it lies between these. */
  #low = Number.NEGATIVE_INFINITY;
  #high = Number.POSITIVE_INFINITY;
  readonly #ownMs: number;
  readonly #monotonic: () => number;

  /**
   * @param originMs the machine's own time when its monotonic clock was at zero
   * @param monotonic milliseconds that only go on; tests take their own
   */
  constructor(originMs = performance.timeOrigin, monotonic = () => performance.now()) {
    this.#ownMs = originMs;
    this.#monotonic = monotonic;
  }

  /**
   * Learns from an answer.
   *
   * @param date of its header, which cuts fractions of a second
   * @param sentAt the monotonic clock before the request
   * @param receivedAt the same after the answer
   */
  observe(date: Date, sentAt: number, receivedAt: number): void {
    const low = date.getTime() - receivedAt;
    const high = date.getTime() + 1_000 - sentAt;
    // What was learned before is no longer so: the machine slept, or storage's clock was set.
    const isNews = low > this.#high || high < this.#low;
    this.#low = isNews ? low : Math.max(this.#low, low);
    this.#high = isNews ? high : Math.min(this.#high, high);
  }

  /** The machine's own time where it agrees with storage's to the second, or the nearest that does. */
  now(): Date {
    return new Date(this.#monotonic() + Math.min(Math.max(this.#ownMs, this.#low), this.#high));
  }
}

/** This process's; every call to storage sets it (`storageCall`). */
export const storageClock = new StorageClock();
