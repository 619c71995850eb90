/** How fast a client takes what is there for it. */

/** Bytes a second; whoever takes less keeps connections that others need. */
const least = 10_000;

const windowMs = 60_000;

export class Pace {
  #waitedMs = 0;
  #bytes = 0;

  sent(bytes: number): void {
    this.#bytes += bytes;
  }

  /**
   * Only time in which the client was waited for counts: what is made slowly is nobody's fault.
   *
   * @throws Error: less than 10 KB a second for a minute
   */
  waited(milliseconds: number): void {
    this.#waitedMs += milliseconds;
    if (this.#waitedMs < windowMs) return;
    const rate = this.#bytes / (this.#waitedMs / 1000);
    this.#waitedMs = 0;
    this.#bytes = 0;
    if (rate < least) {
      throw new Error(`The client took less than ${least / 1000} KB a second for a minute`);
    }
  }
}
