/** A deadline that is held up while what it bounds is not under way. */

export class Deadline {
  readonly #controller = new AbortController();
  readonly #now: () => number;
  #leftMs: number;
  #since = 0;
  #timer: NodeJS.Timeout | undefined;
  #holds = 0;

  /** Runs from now on. @param now monotonic milliseconds */
  constructor(milliseconds: number, now: () => number = () => performance.now()) {
    this.#leftMs = milliseconds;
    this.#now = now;
    this.#run();
  }

  /** Aborted with a `TimeoutError`, as that of `AbortSignal.timeout` is. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Does not run until what is returned has been called; a second call of it does nothing. */
  hold(): () => void {
    if (this.#timer !== undefined) {
      this.#leftMs -= this.#now() - this.#since;
      this.#stop();
    }
    this.#holds += 1;
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      this.#holds -= 1;
      if (this.#holds === 0 && !this.signal.aborted) this.#run();
    };
  }

  /** Nothing is bounded any more: the signal stays as it is. */
  end(): void {
    this.#stop();
    // Whoever still holds it up starts it no more.
    this.#holds = Number.POSITIVE_INFINITY;
  }

  #run(): void {
    this.#since = this.#now();
    const late = () => {
      this.#timer = undefined;
      this.#controller.abort(new DOMException('The deadline has passed', 'TimeoutError'));
    };
    this.#timer = setTimeout(late, Math.max(0, this.#leftMs));
    // What waits for nothing but this is over.
    this.#timer.unref();
  }

  #stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
