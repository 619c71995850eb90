/** Hours of each day by the clock on a zone's wall, such as `22:00` to `05:00`. */

import { wallClock } from './zone.ts';

export interface DayWindow {
  /** `hh:mm`; the window is open from this minute on. */
  from: string;
  /** `hh:mm`, another than `from`; from this minute on it is closed. Before `from`: of the next day. */
  to: string;
  /** IANA name. */
  timeZone: string;
}

export const timeOfDay = /^([01]\d|2[0-3]):[0-5]\d$/;

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
/** Between two whole quarters of an hour, UTC, a wall clock goes on evenly (`zone.ts`). */
const quarterMs = 15 * minuteMs;

/** Milliseconds since midnight. */
function timeOf(text: string): number {
  const [hours = 0, minutes = 0] = text.split(':').map(Number);
  return (hours * 60 + minutes) * minuteMs;
}

/** From one time of day to the next one like another: 0 to a day. */
const between = (from: number, to: number) => (((to - from) % dayMs) + dayMs) % dayMs;

/** @param instant milliseconds since 1970 in UTC */
export function isOpen({ from, to, timeZone }: DayWindow, instant: number): boolean {
  const begins = timeOf(from);
  return between(begins, wallClock(instant, timeZone)) < between(begins, timeOf(to));
}

/**
 * The first moment from `instant` on at which the window is open: `instant` itself where it is open
 * then. An hour that the clock leaves out is not there: what would open in it opens at its end, and
 * what lies in it as a whole opens the next day. What lies in an hour that comes twice opens twice.
 */
export function nextOpening(window: DayWindow, instant: number): number {
  const begins = timeOf(window.from);
  for (let at = instant; ; ) {
    if (isOpen(window, at)) return at;
    const quarterEnds = (Math.floor(at / quarterMs) + 1) * quarterMs;
    const opens = at + between(wallClock(at, window.timeZone), begins);
    if (opens < quarterEnds) return opens;
    at = quarterEnds;
  }
}

/** `22:00 to 05:00 Europe/Prague` */
export const windowText = ({ from, to, timeZone }: DayWindow) => `${from} to ${to} ${timeZone}`;
