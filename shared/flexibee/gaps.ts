/**
 * Late commits. FlexiBee takes a version when it starts to write and shows it when it commits, so
 * a change may appear below what we have consumed already. The versions that were missing there
 * are remembered and asked for again, until nothing can be on its way any more.
 *
 * Their age counts from when we first saw them missing, by storage's clock: neither a worker's
 * clock nor the server's has a say in it.
 */

import type { Change, ChangesPage } from './types.ts';

/** Versions that were missing between two that we saw: their changes may still be written. */
export interface Gap {
  from: number;
  to: number;
  /** When that was seen first, ISO 8601. */
  since: string;
  /** How often it was asked for since then, up to `fewestLooks`. */
  looks: number;
  /** It was passed over in the last poll, so it is asked for in the next. */
  waits?: true | undefined;
  /** Of neighbours that are remembered as one: how many changes between them are known. */
  known?: number | undefined;
}

/** A page that was asked for gaps. */
export interface Look {
  start: number;
  page: ChangesPage;
  /** By storage's clock, before the request: what is committed while it is under way is not in it. */
  sentAt: Date;
}

/** The changelog's own limit for one page. */
export const pageSize = 1000;

/** So far below the next version one page still reaches it, with room for what is new. */
const reach = pageSize - 100;

/** No gap is given up that was asked for less often, however old it is. */
export const fewestLooks = 3;

/** As many requests for what is farther below are made in every poll; of more, half. */
const farRequests = 3;

/** The cursor document stays small: where there are more, neighbours are remembered as one. */
const mostGaps = 500;

/**
 * What is missing before and between these changes.
 *
 * @param from the lowest version that could be there
 * @param changes in the order of versions
 */
export function missingIn(from: number, changes: readonly Change[], now: Date): Gap[] {
  const gaps: Gap[] = [];
  let expected = from;
  for (const { version } of changes) {
    if (version > expected) gaps.push(gap(expected, version - 1, now));
    expected = version + 1;
  }
  return gaps;
}

/** What is missing above the last change. */
export function missingAbove(last: number, through: number, now: Date): Gap[] {
  return through > last ? [gap(last + 1, through, now)] : [];
}

/**
 * What the gaps are after a look at some of them, and the changes in it that were missing before.
 * Those that are older than `lateMs`, and were asked for often enough, are gone.
 */
export function lookedAt(
  gaps: readonly Gap[],
  { start, page, sentAt }: Look,
  lateMs: number,
): { gaps: Gap[]; late: Change[] } {
  const last = page.changes.at(-1)?.version ?? start - 1;
  const covered = page.next === undefined ? Number.POSITIVE_INFINITY : last;
  const late: Change[] = [];
  const left = gaps.flatMap((one): Gap[] => {
    if (one.to < start || one.from > covered) return [one];
    const { waits: _, known = 0, ...rest } = one;
    const isWhole = one.from >= start && one.to <= covered;
    // What is in a part of several that are remembered as one may be known.
    if (!isWhole && known > 0) return [one];
    const found = page.changes.filter(({ version }) => version >= one.from && version <= one.to);
    const looks = isWhole ? Math.min(one.looks + 1, fewestLooks) : one.looks;
    const isOld = sentAt.getTime() - Date.parse(one.since) >= lateMs;
    const isOver = isWhole && isOld && looks >= fewestLooks;
    const seen = isWhole ? { ...rest, looks } : { ...one };
    if (found.length === known) {
      if (isOver) return [];
      return [known > 0 ? { ...seen, known } : seen];
    }
    late.push(...found);
    return isOver ? [] : without(seen, found);
  });
  return { gaps: left, late };
}

/** The gap without some of its versions. */
function without({ known: _, ...one }: Gap, found: readonly Change[]): Gap[] {
  const left: Gap[] = [];
  let { from } = one;
  for (const { version } of found) {
    if (version > from) left.push({ ...one, from, to: version - 1 });
    from = version + 1;
  }
  return from <= one.to ? [...left, { ...one, from }] : left;
}

/** Versions that one request reaches. */
export interface Range {
  from: number;
  through: number;
  /** As many changes as show that nothing has come, where nothing has: those that are known, and one. */
  limit: number;
}

/**
 * Where to ask: one page from `start` reaches `next` and takes the gaps near it along; those far
 * below are put together into requests. Of many, half are made, those first that were passed over
 * the last time: so every gap is looked at within two polls.
 */
export function whereToAsk(gaps: readonly Gap[], next: number): { start: number; far: Range[] } {
  const near = gaps.find(({ from }) => isNear(from, next));
  const groups: { from: number; to: number; known: number; waits: boolean }[] = [];
  for (const { from, to, known = 0, waits = false } of gaps) {
    if (isNear(from, next)) break;
    const last = groups.at(-1);
    if (last !== undefined && to < last.from + pageSize) {
      last.known += known + from - last.to - 1;
      last.to = to;
      last.waits ||= waits;
    } else groups.push({ from, to, known, waits });
  }
  const waiting = groups.filter(({ waits }) => waits);
  const others = groups.filter(({ waits }) => !waits);
  const count = Math.max(farRequests, Math.ceil(groups.length / 2), waiting.length);
  const far = [...waiting, ...others].slice(0, count);
  return {
    start: Math.max(1, near?.from ?? next),
    far: far.map(({ from, to, known }) => ({
      from,
      through: to,
      limit: Math.min(pageSize, known + 1),
    })),
  };
}

/** The gaps as they are before a poll's looks, each of which ends the waiting of some. */
export function waiting(gaps: readonly Gap[]): Gap[] {
  return gaps.map((one) => ({ ...one, waits: true }));
}

/** True when a page for the next version can start there as well. */
export function isNear(version: number, next: number): boolean {
  return version >= next - reach;
}

/**
 * About as many as `most`: the nearest become one, which is taken for unchanged as long as one
 * request shows as many changes in it as before. It is no wider than that request.
 */
export function bounded(gaps: readonly Gap[], most = mostGaps): Gap[] {
  const tooMany = gaps.length - most;
  if (tooMany <= 0) return [...gaps];
  const between = (index: number) => (gaps[index]?.from ?? 0) - (gaps[index - 1]?.to ?? 0) - 1;
  const joined = new Set(
    gaps
      .map((_, index) => index)
      .slice(1)
      .toSorted((one, other) => between(one) - between(other))
      .slice(0, tooMany),
  );
  const merged: Gap[] = [];
  for (const [index, one] of gaps.entries()) {
    const before = merged.at(-1);
    const fits = before !== undefined && one.to - before.from < reach;
    if (!fits || !joined.has(index)) {
      merged.push({ ...one });
      continue;
    }
    before.known = (before.known ?? 0) + between(index) + (one.known ?? 0);
    before.to = one.to;
    before.looks = Math.min(before.looks, one.looks);
    if (one.since > before.since) before.since = one.since;
    if (one.waits) before.waits = true;
  }
  return merged;
}

function gap(from: number, to: number, now: Date): Gap {
  return { from, to, since: now.toISOString(), looks: 0 };
}
