/** Whoever comes first is served first, one at a time. */

import { unlessAborted } from '../async/abort.ts';

export class Line {
  #last: Promise<void> = Promise.resolve();

  /** Waits for its turn and does `work`. @throws what `work` does, or the reason of `signal` */
  async inTurn<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    const before = this.#last;
    const own = Promise.withResolvers<void>();
    // Also when this one leaves the line: those behind it still wait for those ahead.
    this.#last = before.then(() => own.promise);
    try {
      await unlessAborted(before, signal);
      return await work();
    } finally {
      own.resolve();
    }
  }
}
