/** Who waits for whom, over all kinds of locks, so that a circle is seen before it closes. */

export class WaitGraph {
  /** What each waiter waits for; asked anew each time, since holders change. */
  readonly #waits = new Map<object, () => Iterable<object>>();

  /** Would `waiter` wait for itself if it began to wait for these? */
  closesCircle(waiter: object, blockers: Iterable<object>): boolean {
    const seen = new Set<object>();
    const pending = [...blockers];
    for (let next = pending.pop(); next; next = pending.pop()) {
      if (next === waiter) return true;
      if (seen.has(next)) continue;
      seen.add(next);
      pending.push(...(this.#waits.get(next)?.() ?? []));
    }
    return false;
  }

  waiting(waiter: object, blockers: () => Iterable<object>): void {
    this.#waits.set(waiter, blockers);
  }

  done(waiter: object): void {
    this.#waits.delete(waiter);
  }
}
