/**
 * Late commits. FlexiBee takes a version when it starts to write and shows it when it commits, so
 * a change may appear below what we have consumed already. The versions that were missing there
 * are remembered and asked for again, until nothing can be on its way any more.
 */

import type { Change, ChangesPage } from './types.ts';

/** Versions that were missing between two that we saw: their changes may still be written. */
export interface Gap {
  from: number;
  to: number;
  /** ISO 8601. Nothing is missing any more once they were asked for after this moment. */
  until: string;
}

/** Longer than any transaction of FlexiBee takes. */
export const lateMs = 10 * 60_000;

/** The changelog's own limit for one page. */
export const pageSize = 1000;

/** So far below the next version one page still reaches it, with room for what is new. */
const reach = pageSize - 100;

/** Requests for what is farther below, in one poll. */
const farRequests = 3;

/** The cursor document stays small: where there are more, neighbours are remembered as one. */
const mostGaps = 500;

/**
 * What is missing before and between these changes.
 *
 * A version is older than the next one that was written, and that one's time is in the list; it is
 * compared with the newest time there, both by the server's clock. Without times a version is as
 * old as our knowledge of it.
 *
 * @param from the lowest version that could be there
 * @param changes in the order of versions
 */
export function missingIn(from: number, changes: readonly Change[], now: Date): Gap[] {
  const times = changes.map(({ at }) => serverTime(at));
  const newest = times.reduce((one, other) => Math.max(one, other), Number.NEGATIVE_INFINITY);
  const gaps: Gap[] = [];
  let expected = from;
  let reached = Number.NEGATIVE_INFINITY;
  for (const [index, { version }] of changes.entries()) {
    reached = Math.max(reached, times[index] ?? reached);
    if (version > expected) {
      const age = Number.isFinite(reached) ? newest - reached : 0;
      if (age < lateMs) gaps.push(gap(expected, version - 1, now.getTime() + lateMs - age));
    }
    expected = version + 1;
  }
  return gaps;
}

/** What is missing above the last change: nothing tells its age. */
export function missingAbove(last: number, globalVersion: number, now: Date): Gap[] {
  return globalVersion > last ? [gap(last + 1, globalVersion, now.getTime() + lateMs)] : [];
}

/** The gaps without what a page found in them; those whose time is over are gone, too. */
export function askedAgain(
  gaps: readonly Gap[],
  start: number,
  page: ChangesPage,
  now: Date,
): Gap[] {
  const last = page.changes.at(-1)?.version ?? start - 1;
  const covered = page.next === undefined ? Number.POSITIVE_INFINITY : last;
  return gaps.flatMap((one) => {
    const asked = one.from >= start && one.to <= covered;
    if (asked && Date.parse(one.until) <= now.getTime()) return [];
    const left: Gap[] = [];
    let { from } = one;
    for (const { version } of page.changes) {
      if (version < from || version > one.to) continue;
      if (version > from) left.push({ ...one, from, to: version - 1 });
      from = version + 1;
    }
    return from <= one.to ? [...left, { ...one, from }] : left;
  });
}

/** The changes of a page that were missing before. */
export function lateIn(gaps: readonly Gap[], page: ChangesPage): Change[] {
  return page.changes.filter(({ version }) =>
    gaps.some(({ from, to }) => from <= version && version <= to),
  );
}

/**
 * Where to ask: one page from `start` reaches `next` and takes the gaps near it along; those far
 * below, whose time is over soonest, get requests of their own.
 */
export function whereToAsk(
  gaps: readonly Gap[],
  next: number,
): { start: number; far: { from: number; through: number }[] } {
  const near = gaps.find(({ from }) => from >= next - reach);
  const far: { from: number; through: number }[] = [];
  const soonest = gaps
    .filter(({ from }) => from < next - reach)
    .toSorted((one, other) => Date.parse(one.until) - Date.parse(other.until));
  for (const { from } of soonest) {
    if (far.length === farRequests) break;
    const isAsked = far.some((range) => from >= range.from && from <= range.through);
    if (!isAsked) far.push({ from, through: from + pageSize - 1 });
  }
  return { start: Math.max(1, near?.from ?? next), far };
}

/** True when a page for the next version can start there as well. */
export function isNear(version: number, next: number): boolean {
  return version >= next - reach;
}

/** No more than `most`: the nearest become one, which asks again for what lies between. */
export function bounded(gaps: readonly Gap[], most = mostGaps): Gap[] {
  const tooMany = gaps.length - most;
  if (tooMany <= 0) return [...gaps];
  const distance = (index: number) => (gaps[index]?.from ?? 0) - (gaps[index - 1]?.to ?? 0);
  const joined = new Set(
    gaps
      .map((_, index) => index)
      .slice(1)
      .toSorted((one, other) => distance(one) - distance(other))
      .slice(0, tooMany),
  );
  const merged: Gap[] = [];
  for (const [index, one] of gaps.entries()) {
    const before = merged.at(-1);
    if (before === undefined || !joined.has(index)) {
      merged.push({ ...one });
      continue;
    }
    before.to = one.to;
    if (one.until > before.until) before.until = one.until;
  }
  return merged;
}

function gap(from: number, to: number, until: number): Gap {
  return { from, to, until: new Date(until).toISOString() };
}

/** Only ever compared with another of the same server, whatever its zone. */
function serverTime(at: string | undefined): number {
  const time = at === undefined ? Number.NaN : Date.parse(`${at.replace(' ', 'T')}Z`);
  return Number.isNaN(time) ? Number.NEGATIVE_INFINITY : time;
}
