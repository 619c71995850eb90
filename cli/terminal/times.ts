/** Moments and lengths of time, for people. */

import { isZone, wallClock } from '../../shared/time/zone.ts';
import type { Say } from '../language/say.ts';

const minute = 60;
const hour = 3_600;
const day = 86_400;

/** The two largest units: `2 h 5 min`, `45 s`. */
export function lengthText(ms: number, say: Say): string {
  const seconds = Math.max(0, Math.round(ms / 1_000));
  if (seconds < minute) return say('{s} s', { s: seconds });
  if (seconds < hour) {
    return say('{m} min {s} s', { m: Math.floor(seconds / minute), s: seconds % minute });
  }
  if (seconds < day) {
    const m = Math.floor((seconds % hour) / minute);
    return say('{h} h {m} min', { h: Math.floor(seconds / hour), m });
  }
  const h = Math.floor((seconds % day) / hour);
  return say('{d} d {h} h', { d: Math.floor(seconds / day), h });
}

/** Shows moments (ISO 8601, or milliseconds since 1970) as a clock on the wall does. */
export interface Clock {
  readonly zone: string;
  /** `2026-11-29 14:05`. */
  moment(instant: string | number): string;
  /** `14:05:09`. */
  time(instant: string | number): string;
}

/** @param zone an IANA name; undefined, or one that this machine does not know: this machine's */
export function clockOf(zone?: string): Clock {
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const known = [zone, own].find((one) => one !== undefined && isZone(one)) ?? 'UTC';
  const shown = (instant: string | number) => {
    const at = wallClock(new Date(instant).getTime(), known);
    return Number.isNaN(at) ? '' : new Date(at).toISOString();
  };
  return {
    zone: known,
    moment: (instant) => shown(instant).slice(0, 16).replace('T', ' '),
    time: (instant) => shown(instant).slice(11, 19),
  };
}
