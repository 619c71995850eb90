/**
 * What a schedule owes: due times that came to nothing, until a run of its board that began after
 * them has come to its end, whoever started it. Functions of their arguments.
 */

import type { Due } from './schedule.ts';

export interface Unmet {
  /** The first of them. */
  since: string;
  /** The latest. */
  due: Due;
}

/** What is known beside the due times. */
export interface Meeting {
  /** When the latest run of the board was asked for that came to its end; what was due by then is met. */
  met: string | undefined;
  /** What was due before is nobody's any more. */
  keptSince: Date;
  hasEnded(run: string): boolean;
  /** As it was before: due times that are not kept any more have not been met. */
  before: Unmet | undefined;
}

/** @returns undefined where nothing is owed */
export function unmetOf(
  due: readonly Due[],
  { met, keptSince, hasEnded, before }: Meeting,
): Unmet | undefined {
  const isOwed = ({ at }: Pick<Due, 'at'>) => isAfter(at, met) && new Date(at) >= keptSince;
  const owed = due.filter((one) => isOwed(one) && cameToNothing(one, hasEnded));
  const [first, last] = [owed[0], owed.at(-1)];
  if (first === undefined || last === undefined) return undefined;
  const isKnown = before !== undefined && before.since < first.at && isOwed({ at: before.since });
  return { since: isKnown ? before.since : first.at, due: last };
}

function cameToNothing({ state, run, off }: Due, hasEnded: (run: string) => boolean): boolean {
  if (state === 'started') return run !== undefined && hasEnded(run);
  return (state === 'skipped' && !off) || state === 'failed';
}

/** Whether a due time is not met: it came after what was done. */
export function isAfter(at: string, met: string | undefined): boolean {
  return met === undefined || Date.parse(at) > Date.parse(met);
}

/** The first due time of the unbroken row without a run that ends with this one. */
export function firstWithoutRun(due: readonly Due[], last: Due): Due {
  const before = due.filter(({ at }) => at < last.at);
  const hadRun = before.findLastIndex(({ state }) => state !== 'skipped' && state !== 'failed');
  return before[hadRun + 1] ?? last;
}
