/** Moments and lengths of time, for people. */

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

/** By this machine's clock: `2026-11-29 14:05`. */
export function momentText(instant: string | number): string {
  const at = new Date(instant);
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${two(at.getHours())}:${two(at.getMinutes())}`;
}

/** By this machine's clock: `14:05:09`. */
export function clockText(instant: string | number): string {
  const at = new Date(instant);
  return [at.getHours(), at.getMinutes(), at.getSeconds()].map(two).join(':');
}

const two = (number: number) => String(number).padStart(2, '0');
