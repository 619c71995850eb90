/**
 * Writes a run document as the run goes on: one write at a time, each under the ETag of the one
 * before, and everything that changed meanwhile in the next one.
 *
 * States: open → failed (a write was refused: somebody else owns the run now, or storage is gone).
 * After a failure nothing is written any more and every wait rejects.
 */

import type { Run } from './run.ts';
import type { RunStore } from './run-store.ts';

/**
 * How long a change that nobody waits for may stay unwritten. The end of one stage thus shares a
 * write with the start of the next, which follows within milliseconds.
 */
const lazyMs = 50;

/** What happened must be written even while the run is being aborted; storage has its own limits. */
const uninterrupted = new AbortController().signal;

export class Journal {
  readonly run: Run;
  readonly #store: RunStore;
  #etag: string;
  readonly #failure = new AbortController();
  #writing: Promise<void> = Promise.resolve();
  #next: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #dueAt = Number.POSITIVE_INFINITY;

  constructor(store: RunStore, run: Run, etag: string) {
    this.#store = store;
    this.run = run;
    this.#etag = etag;
  }

  /** Aborted with the error of the write that was refused. */
  get failed(): AbortSignal {
    return this.#failure.signal;
  }

  /** Changes the document; resolves when a write that holds the change is done. */
  write(change: (run: Run) => void): Promise<void> {
    change(this.run);
    return this.flush();
  }

  /** Changes the document; it is written with the next write, or after `delayMs` at the latest. */
  note(change: (run: Run) => void, delayMs = lazyMs): void {
    change(this.run);
    const dueAt = performance.now() + delayMs;
    if (this.#next !== undefined || this.#dueAt <= dueAt) return;
    this.#cancelTimer();
    this.#dueAt = dueAt;
    this.#timer = setTimeout(() => {
      // A failure reaches the run through `failed`.
      this.flush().catch(() => {});
    }, delayMs);
  }

  /** Writes what has changed; resolves when it is in storage. */
  flush(): Promise<void> {
    this.#cancelTimer();
    this.#next ??= this.#writing.then(() => this.#write());
    return this.#next;
  }

  /** Ends the writing without another write, after the one under way. */
  async close(): Promise<void> {
    this.#cancelTimer();
    await this.#next?.catch(() => {});
    await this.#writing;
  }

  #cancelTimer(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#dueAt = Number.POSITIVE_INFINITY;
  }

  async #write(): Promise<void> {
    this.#next = undefined;
    this.failed.throwIfAborted();
    const writing = this.#store.replace(this.run, this.#etag, uninterrupted);
    this.#writing = writing.then(
      () => {},
      () => {},
    );
    try {
      this.#etag = await writing;
    } catch (error) {
      this.#failure.abort(error);
      throw error;
    }
  }
}
