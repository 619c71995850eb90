/** What a poll asks first: what is new, and the gaps below it. */

import type { Cursor } from './cursor.ts';
import { type Gap, type Look, lookedAt, waiting, whereToAsk } from './gaps.ts';
import { changesThrough, type HistoryFault, pageOfOurs } from './history.ts';
import type { Change, ChangesPage, Source } from './types.ts';

/** What the first answers of a poll have brought. */
export interface Beginning {
  /** Below the cursor. */
  late: readonly Change[];
  /** What is left of the gaps that the cursor had. */
  gaps: readonly Gap[];
  /** Reaches the cursor. */
  page: ChangesPage;
}

/**
 * @param lateMs how long a transaction may stay open
 * @returns what is wrong with the history, where anything is
 */
export async function firstAnswers(
  source: Source,
  cursor: Cursor & { next: number },
  { now, lateMs }: { now(): Date; lateMs: number },
  signal: AbortSignal,
): Promise<Beginning | HistoryFault> {
  const { start, far } = whereToAsk(cursor.gaps, cursor.next);
  let gaps = waiting(cursor.gaps);
  const late: Change[] = [];
  // What one answer has filled is no gap in the next.
  const take = (look: Look) => {
    const after = lookedAt(gaps, look, lateMs);
    gaps = after.gaps;
    late.push(...after.late);
  };
  const sentAt = now();
  const { page, fault, ...answer } = await pageOfOurs(source, cursor, start, signal);
  if (fault !== undefined) return fault;
  take({ start: answer.start, page, sentAt });
  for (const range of far) {
    const look = { start: range.from, sentAt: now() };
    take({ ...look, page: await changesThrough(source, range, signal) });
  }
  return { late: late.toSorted((one, other) => one.version - other.version), gaps, page };
}
