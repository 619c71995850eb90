/** A span of time in moments that a SQL type has. */

import { endMs, firstMs, type Span } from './dates.ts';

const firstDatetime = Date.parse('1753-01-01T00:00:00Z');

export interface FittedSpan extends Span {
  /** `to` is after every moment of the type, and the last one in its place. */
  readonly isEndless: boolean;
}

/**
 * Both ends as the next moment of the type, unless they are one: what the server rounds would leave
 * `23:59:59.997` of a datetime out, or a second of a datetime2(0). Ends before the type's first
 * moment are that one.
 *
 * @param type `datetime`, `datetime2(3)` and the like
 */
export function fitSpan({ from, to }: Span, type: string): FittedSpan {
  const next = type === 'datetime' ? nextDatetime : nextOf(unitOf(type));
  const first = type === 'datetime' ? firstDatetime : firstMs;
  const last = type === 'datetime' ? endMs - 3 : endMs - unitOf(type);
  const [start, stop] = [Math.max(first, next(from)), Math.max(first, next(to))];
  const isEndless = stop >= endMs && start < endMs;
  return { from: Math.min(start, last), to: Math.min(stop, last), isEndless };
}

/** Milliseconds from one moment of the type to the next; 1 of those with more decimals. */
function unitOf(type: string): number {
  const [, places = 7] = /\((\d)\)$/.exec(type) ?? [];
  return 10 ** Math.max(0, 3 - Number(places));
}

const nextOf = (unit: number) => (at: number) => Math.ceil(at / unit) * unit;

/** Milliseconds of a datetime end in 0, 3 or 7. */
function nextDatetime(at: number): number {
  const digit = ((at % 10) + 10) % 10;
  const fitting = [0, 3, 7].find((one) => one >= digit) ?? 10;
  return at - digit + fitting;
}
