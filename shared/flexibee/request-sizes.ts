/**
 * How much one request asks for. Records of 80 KB, or a server that is slower than its deadline,
 * leave no room for a thousand: after an answer that was too large or too slow the half is asked
 * for, and again the double once eight full requests in a row were answered. So a server that is at
 * its limit is asked too much once in nine times.
 */

import { z } from 'zod';

/** Only what is less than usual. */
export const sizesSchema = z.record(
  z.string(),
  z.object({ size: z.int().positive(), answered: z.int().nonnegative() }),
);
export type StoredSizes = z.infer<typeof sizesSchema>;

const answersBeforeMore = 8;

export class RequestSizes {
  readonly #sizes: Map<string, { size: number; answered: number }>;

  readonly #most: number;

  /** @param most whatever is usual, no more is asked for */
  constructor(stored: StoredSizes = {}, most = Number.POSITIVE_INFINITY) {
    this.#most = most;
    this.#sizes = new Map(Object.entries(stored));
  }

  /** @param most what is usual */
  of(what: string, most: number): number {
    return Math.min(most, this.#most, this.#sizes.get(what)?.size ?? most);
  }

  answered(what: string, asked: number, most: number): void {
    const known = this.#sizes.get(what);
    // A rest that is less than what fits proves nothing.
    if (known === undefined || asked < known.size) return;
    const answered = known.answered + 1;
    if (answered < answersBeforeMore) this.#sizes.set(what, { ...known, answered });
    else if (known.size * 2 >= Math.min(most, this.#most)) this.#sizes.delete(what);
    else this.#sizes.set(what, { size: known.size * 2, answered: 0 });
  }

  /** @returns false where there is no less to ask for */
  tooMuch(what: string, asked: number): boolean {
    if (asked <= 1) return false;
    this.#sizes.set(what, { size: Math.ceil(asked / 2), answered: 0 });
    return true;
  }

  toStored(): StoredSizes {
    return Object.fromEntries(this.#sizes);
  }
}
