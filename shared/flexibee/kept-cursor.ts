/** The cursor of a company as a turn holds it: what it was written as, and when there was read. */

import type { FollowContext, HeldCursor } from './context.ts';
import { type Cursor, restarted } from './cursor.ts';
import { withAsked } from './request-count.ts';
import { withReturned } from './returned.ts';
import { tellChanges } from './tell-changes.ts';

export type Started = Cursor & { next: number };

export class KeptCursor {
  readonly #context: FollowContext;
  readonly #held: HeldCursor;
  readonly #signal: AbortSignal;
  /** As written. */
  #cursor: Cursor;
  #lastReadAt: number;
  /** Whether anything but trouble has been written. */
  wrote = false;

  /** @param signal aborted when the lock is lost, too */
  constructor(context: FollowContext, held: HeldCursor, signal: AbortSignal) {
    this.#context = context;
    this.#held = held;
    this.#signal = signal;
    this.#cursor = held.value ?? restarted(undefined, context.now());
    context.typed?.takeUp(this.#cursor.typed);
    this.#lastReadAt = Date.parse(this.#cursor.readAt ?? isoOf(0));
  }

  get cursor(): Cursor {
    return this.#cursor;
  }

  /** Clocks of two workers differ; the order of readings must not. */
  readAt(): string {
    this.#lastReadAt = Math.max(this.#context.now().getTime(), this.#lastReadAt + 1);
    return isoOf(this.#lastReadAt);
  }

  /** Since the cursor was written. */
  get hasRead(): boolean {
    return this.#lastReadAt > Date.parse(this.#cursor.readAt ?? isoOf(0));
  }

  /** @throws Error of a company that has not begun */
  started(): Started {
    const { next } = this.#cursor;
    if (next === undefined) throw new Error('a company must begin before it is followed');
    return { ...this.#cursor, next };
  }

  /** @param isNews false: nothing of it is worth telling */
  async save(moved: Cursor, isNews = true): Promise<void> {
    const warnings = withReturned(moved.warnings, this.#context.returned);
    const { typed, requests, now } = this.#context;
    const asked = requests?.asked;
    // Whatever was read may be in the mirror, whether the cursor moved or not.
    const cursor = {
      ...moved,
      warnings,
      ...(typed && { typed: typed.states }),
      ...(asked && { requests: withAsked(moved.requests, asked, now()) }),
      ...(this.hasRead && { readAt: isoOf(this.#lastReadAt) }),
    };
    await this.#held.replace(cursor, this.#signal);
    if (asked) requests?.written(asked);
    tellChanges(this.#context.log, this.#context.company.code, this.#cursor, cursor);
    this.#cursor = cursor;
    this.wrote ||= isNews;
  }
}

const isoOf = (time: number) => new Date(time).toISOString();
