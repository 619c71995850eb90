/**
 * How many requests a company's server was sent, by day (UTC): ABRA's cloud has a limit of them.
 * The cursor keeps the count; what a process has asked since it last wrote one waits in it, so that
 * an idle poll writes nothing. A process that dies takes those with it: fewer than `worthWriting`,
 * and the ones of a page.
 */

import { z } from 'zod';

/** Unwritten requests that are worth a cursor of their own: ten idle polls have as many. */
const worthWriting = 10;

const count = z.int().nonnegative();
export const requestsSchema = z.object({ day: z.iso.date(), today: count, yesterday: count });
export type CountedRequests = z.infer<typeof requestsSchema>;

/** Requests by day. */
export type AskedRequests = Readonly<Record<string, number>>;

/** What one process has asked, and not written yet. */
export class RequestCount {
  #asked: AskedRequests = {};

  add(now: Date): void {
    const day = dayOf(now);
    this.#asked = { ...this.#asked, [day]: (this.#asked[day] ?? 0) + 1 };
  }

  get asked(): AskedRequests {
    return this.#asked;
  }

  get isWorthWriting(): boolean {
    const all = Object.values(this.#asked).reduce((sum, one) => sum + one, 0);
    return all >= worthWriting;
  }

  /** @param written what is in a cursor now; others may have been asked since */
  written(written: AskedRequests): void {
    const left = Object.entries(this.#asked).map(
      ([day, asked]) => [day, asked - (written[day] ?? 0)] as const,
    );
    this.#asked = Object.fromEntries(left.filter(([, asked]) => asked > 0));
  }
}

/** The count with what was asked, as of this day; what is older than yesterday is forgotten. */
export function withAsked(
  before: CountedRequests | undefined,
  asked: AskedRequests,
  now: Date,
): CountedRequests {
  const day = dayOf(now);
  const yesterday = dayOf(new Date(now.getTime() - 86_400_000));
  const on = (one: string) => {
    const known = before?.day === one ? before.today : 0;
    const isBehind = before?.day === day && one === yesterday;
    return known + (isBehind ? before.yesterday : 0) + (asked[one] ?? 0);
  };
  return { day, today: on(day), yesterday: on(yesterday) };
}

const dayOf = (now: Date) => now.toISOString().slice(0, 10);
