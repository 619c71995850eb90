/** Which events a target hears of, and when. */

import { instantOf, wallClock } from '../../time/zone.ts';
import { type Event, severities } from '../event.ts';
import type { Quiet, Target } from './target.ts';

/**
 * What concerns more than data sources (a queue, a closure of everything) concerns those of each
 * target; a target that names boards hears of nothing that no board has started.
 */
export function isWanted(
  { kinds, severity, codes, boards }: Pick<Target, 'kinds' | 'severity' | 'codes' | 'boards'>,
  event: Pick<Event, 'kind' | 'severity' | 'codes' | 'board'>,
): boolean {
  if (!kinds.includes(event.kind)) return false;
  if (severities.indexOf(event.severity) < severities.indexOf(severity)) return false;
  if (codes && event.codes && !event.codes.some((code) => codes.includes(code))) return false;
  return boards === undefined || (event.board !== undefined && boards.includes(event.board));
}

const minuteMs = 60_000;
const dayMs = 86_400_000;

/** The moment itself, or the end of the quiet hours that it is in. */
export function afterQuiet(
  { quiet, timeZone }: Pick<Target, 'quiet' | 'timeZone'>,
  at: Date,
): Date {
  if (quiet === undefined) return at;
  const wall = wallClock(at.getTime(), timeZone);
  const midnight = Math.floor(wall / dayMs) * dayMs;
  const minute = (wall - midnight) / minuteMs;
  if (!isWithin(quiet, minute)) return at;
  const isTomorrow = minute >= quiet.to;
  const end = instantOf(midnight + (isTomorrow ? dayMs : 0) + quiet.to * minuteMs, timeZone);
  // In the hour that comes twice the end may have been in the first one.
  return new Date(Math.max(end, at.getTime()));
}

function isWithin({ from, to }: Quiet, minute: number): boolean {
  return from < to ? minute >= from && minute < to : minute >= from || minute < to;
}
