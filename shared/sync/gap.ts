/**
 * The time of a track between two of its stages, in which nothing waits for anything but the next
 * call: what is asked beside the stages would cost it round trips, most of all where the server is
 * on the same machine. It is over with the call, and does not last.
 */

/** Whoever waits for a turn, a window or another stage is in no hurry. */
const longestMs = 100;

export class Gap {
  #over = Promise.resolve();
  #end = () => {};

  /** Resolves when the gap is over that there is now. */
  get over(): Promise<void> {
    return this.#over;
  }

  begin(): void {
    this.end();
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, longestMs);
    this.#over = promise;
    this.#end = () => {
      clearTimeout(timer);
      resolve();
    };
  }

  end(): void {
    this.#end();
  }

  /** Ends it when the call that is about to be sent has gone out. */
  called(): void {
    setImmediate(this.#end);
  }
}
