/**
 * Looks at documents that many clients share: storage is asked once a second for one, however many
 * poll it or wait for it, and gives it only where it has changed.
 */

import { setTimeout as sleep } from 'node:timers/promises';
import { storageLimit } from '../storage/storage-call.ts';
import { unlessAborted } from './abort.ts';

/** How old what clients share may be, in milliseconds, and how soon who waits hears of a change. */
export const sharedAgeMs = 1_000;

/** A document that nobody has looked at for so long is let go of. */
const keptMs = 30_000;

/** One look, retries of storage's included: it goes on for the others when one who waits leaves. */
const lookMs = 25_000;

type Look<S> = (id: string, signal: AbortSignal, known: S | undefined) => Promise<S | undefined>;

interface Watched<S> {
  seen: S | undefined;
  /** When the look began that saw it; monotonic. */
  at: number;
  /** Under way, shared by those who would take one of before. */
  looking: Promise<S | undefined> | undefined;
  waiting: Set<Waiting>;
}

interface Waiting {
  etag: string;
  tell(): void;
}

export class Looks<S extends { etag: string }> {
  readonly #look: Look<S>;
  readonly #watched = new Map<string, Watched<S>>();

  constructor(look: Look<S>) {
    this.#look = look;
  }

  /**
   * The document as it was `maxAgeMs` ago or later; 0: as it is now. The same object as long as nothing
   * has changed.
   *
   * @throws storage's error, or the reason of `signal`
   */
  look(id: string, maxAgeMs: number, signal: AbortSignal): Promise<S | undefined> {
    this.#letGo();
    const one = this.#of(id);
    if (one.seen !== undefined && performance.now() - one.at < maxAgeMs) {
      return Promise.resolve(one.seen);
    }
    const shared = maxAgeMs > 0 ? one.looking : undefined;
    return unlessAborted(shared ?? this.#begin(id, one), signal);
  }

  /**
   * Resolves when it is not any more what `etag` was given for, or when `signal` is aborted.
   * Never rejects: while storage does not answer nothing is known to have changed.
   */
  async changed(id: string, etag: string, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    const one = this.#of(id);
    const { promise, resolve } = Promise.withResolvers<void>();
    const tell = () => resolve();
    const waiting = { etag, tell };
    const isFirst = one.waiting.size === 0;
    one.waiting.add(waiting);
    signal.addEventListener('abort', tell, { once: true });
    if (isFirst) void this.#watch(id, one);
    try {
      await promise;
    } finally {
      signal.removeEventListener('abort', tell);
      one.waiting.delete(waiting);
    }
  }

  /** As long as somebody waits. */
  async #watch(id: string, one: Watched<S>): Promise<void> {
    while (one.waiting.size > 0) {
      const waitMs = one.at + sharedAgeMs - performance.now();
      await sleep(Math.max(0, waitMs));
      if (one.waiting.size === 0) return;
      const seen = await (one.looking ?? this.#begin(id, one)).catch(() => one.seen);
      for (const { etag, tell } of one.waiting) if (seen?.etag !== etag) tell();
      // Where storage does not answer the next look is a second away, too.
      if (performance.now() - one.at >= sharedAgeMs) one.at = performance.now();
    }
  }

  #begin(id: string, one: Watched<S>): Promise<S | undefined> {
    const at = performance.now();
    const looking = this.#look(id, storageLimit(`look at ${id}`, lookMs), one.seen).then((seen) => {
      if (at >= one.at) {
        one.seen = seen;
        one.at = at;
      }
      return seen;
    });
    one.looking = looking;
    const end = () => {
      if (one.looking === looking) one.looking = undefined;
    };
    looking.then(end, end);
    return looking;
  }

  #of(id: string): Watched<S> {
    const known = this.#watched.get(id);
    if (known !== undefined) return known;
    const one = {
      seen: undefined,
      at: Number.NEGATIVE_INFINITY,
      looking: undefined,
      waiting: new Set<Waiting>(),
    };
    this.#watched.set(id, one);
    return one;
  }

  #letGo(): void {
    const now = performance.now();
    for (const [id, { at, looking, waiting }] of this.#watched) {
      if (looking === undefined && waiting.size === 0 && now - at > keptMs)
        this.#watched.delete(id);
    }
  }
}
