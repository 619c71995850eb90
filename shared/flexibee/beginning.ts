/**
 * Where the changelog stands as we begin, and which versions below may still be missing: what a
 * transaction that is open now commits later is in no load, and stands below where changes go on.
 */

import type { Cursor } from './cursor.ts';
import { bounded, type Gap, missingAbove, missingIn, pageSize } from './gaps.ts';
import { changesThrough, identityOf } from './history.ts';
import type { Change, Source } from './types.ts';

/**
 * Times in the list are the server's own, which may have been set meanwhile: it must be by more
 * than this to hide anything, in milliseconds.
 */
const clockStepsMs = 24 * 3_600_000;

/** Where changes tell no times, so many pages are looked through: 100,000 versions. */
const mostPages = 100;

/** @param lateMs how long a transaction may stay open */
export async function whereItStands(
  source: Source,
  { now, lateMs }: { now(): Date; lateMs: number },
  signal: AbortSignal,
): Promise<Pick<Cursor, 'globalVersion' | 'gaps' | 'last'> & { next: number }> {
  const seenAt = now();
  const { globalVersion, changes } = await source.changes({ start: 1, limit: 1 }, signal);
  const first = changes[0]?.version ?? globalVersion + 1;
  let from = Math.max(1, Math.min(first, globalVersion), globalVersion - pageSize + 1);
  const page = await changesThrough(source, { from, through: globalVersion }, signal);
  const top = Math.max(page.globalVersion, page.changes.at(-1)?.version ?? 0);
  let last = page.changes.at(-1);
  let gaps = missingWithin({ from, through: top }, page.changes, seenAt);
  let newestMs = newestIn(page.changes);
  const isOld = (some: readonly Change[]) =>
    some.length > 0 && newestMs - newestIn(some) > lateMs + clockStepsMs;
  let below: readonly Change[] = [];
  for (let pages = 1; from > first && pages < mostPages && !isOld(below); pages += 1) {
    const through = from - 1;
    from = Math.max(first, from - pageSize);
    const found = await changesThrough(source, { from, through }, signal);
    below = found.changes.filter(({ version }) => version <= through);
    last ??= below.at(-1);
    if (Number.isNaN(newestMs)) newestMs = newestIn(below);
    gaps = [...missingWithin({ from, through }, below, seenAt), ...gaps];
  }
  // Below a first one that is young there may be another, which is late.
  if (from <= first && !isOld(changes)) {
    const lowest = Math.max(1, from - mostPages * pageSize);
    gaps = [...missingAbove(lowest - 1, from - 1, seenAt), ...gaps];
  }
  return {
    next: top + 1,
    globalVersion: page.globalVersion,
    gaps: bounded(gaps),
    ...(last && { last: identityOf(last) }),
  };
}

function missingWithin(
  { from, through }: { from: number; through: number },
  changes: readonly Change[],
  seenAt: Date,
): Gap[] {
  const above = (changes.at(-1)?.version ?? from - 1) + 1;
  return [...missingIn(from, changes, seenAt), ...missingAbove(above - 1, through, seenAt)];
}

/** By the server's clock; NaN where none of them tells. */
function newestIn(changes: readonly Change[]): number {
  return changes.reduce((newest, { at = '' }) => {
    const time = Date.parse(`${at.replace(' ', 'T')}Z`);
    return time > newest || Number.isNaN(newest) ? time : newest;
  }, Number.NaN);
}
