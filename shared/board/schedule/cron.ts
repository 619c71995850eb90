/**
 * Times by a five-field cron and the clock of a zone.
 *
 * Each time that the fields name comes once a day, whatever is done to the clock: one that is left
 * out in spring comes at the first moment after the gap, one that comes twice in autumn the first
 * time only. A schedule for every hour (`*`) goes on by real time through both.
 */

import { Cron } from 'croner';
import { passedAt, wallClock } from '../../time/zone.ts';

export interface Times {
  /** The first one after an instant, which is not it; undefined: there is none any more. */
  next(after: Date): Date | undefined;
}

export const allowedCron =
  'five fields: minute (0-59), hour (0-23), day of the month (1-31, L for the last), month (1-12) and day of the week (0-7, SUN-SAT); each *, a number, a-b, a,b or */n';

const fields = /^[0-9A-Za-z*,/?#-]+$/;

/**
 * @param zone IANA name, which there is
 * @throws RangeError for what is no cron, or names no time at all
 */
export function cronTimes(cron: string, zone: string): Times {
  const parts = cron.trim().split(/\s+/);
  if (parts.length !== 5 || !parts.every((part) => fields.test(part))) {
    throw new RangeError(
      `${parts.length === 5 ? 'a field cannot be read' : 'it must have five fields'}`,
    );
  }
  const isByHour = parts[1] === '*';
  const options = { mode: '5-part', paused: true, timezone: isByHour ? zone : 'UTC' } as const;
  let pattern: Cron;
  try {
    pattern = new Cron(parts.join(' '), options);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new RangeError(why.replace(/^CronPattern: /, ''), { cause: error });
  }
  const times = isByHour ? byRealTime(pattern) : byTheWall(pattern, zone);
  // A year that has a 29th of February.
  if (times.next(new Date('2024-01-01T00:00:00Z')) === undefined) {
    throw new RangeError('there is no such day');
  }
  return remembering(times);
}

/** Until the next time has come whoever asks gets the same. */
function remembering(times: Times): Times {
  let known: { after: Date; next: Date } | undefined;
  return {
    next(after) {
      if (known !== undefined && known.after <= after && after < known.next) return known.next;
      const next = times.next(after);
      known = next && { after, next };
      return next;
    },
  };
}

function byRealTime(pattern: Cron): Times {
  return { next: (after) => pattern.nextRun(after) ?? undefined };
}

/** @param pattern of times on the wall, as if they were of UTC */
function byTheWall(pattern: Cron, zone: string): Times {
  return {
    next(after) {
      let wall: Date | null = new Date(wallClock(after.getTime(), zone));
      for (;;) {
        wall = pattern.nextRun(wall);
        if (wall === null) return undefined;
        const instant = passedAt(wall.getTime(), zone);
        // Of the hour that comes twice the first one is over; a gap makes one moment of several times.
        if (instant > after.getTime()) return new Date(instant);
      }
    },
  };
}

/**
 * The last `most` times after `after` and no later than `to`, the earliest first.
 *
 * @returns and whether there is none between `after` and the first of them
 */
export function latestTimes(
  times: Times,
  after: Date,
  to: Date,
  most: number,
): { times: Date[]; isAll: boolean } {
  const first = timesIn(times, after, to, most + 1);
  if (first.length <= most) return { times: first, isAll: true };
  // Looking back further and further, so that a year of minutes need not be counted.
  for (let backMs = 3_600_000; ; backMs *= 4) {
    const from = new Date(Math.max(after.getTime(), to.getTime() - backMs));
    const found = timesIn(times, from, to);
    if (found.length > most) return { times: found.slice(-most), isAll: false };
  }
}

function timesIn(times: Times, after: Date, to: Date, most = Number.POSITIVE_INFINITY): Date[] {
  const found: Date[] = [];
  let at = times.next(after);
  while (at !== undefined && at <= to && found.length < most) {
    found.push(at);
    at = times.next(at);
  }
  return found;
}
