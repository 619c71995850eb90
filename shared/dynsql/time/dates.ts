/** Dates as ABRA stores them, and as a query gives them. */

import { wallClock } from '../../time/zone.ts';

const dayMs = 86_400_000;
/** 1899-12-30, day 0 of stored dates. */
const dayZero = Date.UTC(1899, 11, 30);
const firstMs = Date.parse('0001-01-01T00:00:00Z');
const endMs = Date.parse('+010000-01-01T00:00:00Z');

/** Days since 1899-12-30, the time of day as the fraction, to a wall clock's reading. */
export const fromStored = (days: number): number => dayZero + Math.round(days * dayMs);

/** The reverse of `fromStored`. */
export const toStored = (wall: number): number => (wall - dayZero) / dayMs;

export const storedRange = { first: toStored(firstMs), last: toStored(endMs) };

/** A span of time that a value stands for, by the wall clock, without its end. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

function storedSpan(days: number): Span | undefined {
  if (!(days >= storedRange.first && days < storedRange.last)) return undefined;
  const from = fromStored(days);
  return { from, to: from + (Number.isInteger(days) ? dayMs : 1) };
}

export const dateUse =
  'a date (2020-11-14), a date and time (2020-11-14T12:00:00.000Z), or days since 1899-12-30';

const pattern =
  /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(Z|[+-]\d\d:\d\d)?)?$/i;

/**
 * The whole day of a bare date, the millisecond of a date with a time; undefined for what is
 * neither. A time without an offset is the zone's own.
 */
export function spanOf(value: unknown, zone: string): Span | undefined {
  if (typeof value === 'number') return storedSpan(value);
  // A number of more digits than a double holds comes as its text.
  if (typeof value === 'string' && /^-?\d+\.\d+$/.test(value)) return storedSpan(Number(value));
  if (typeof value !== 'string') return undefined;
  const [, year, month, day, hour, minute, second = '00', fraction = '', offset] =
    pattern.exec(value) ?? [];
  if (year === undefined) return undefined;
  const date = Date.parse(`${year}-${month}-${day}T00:00:00Z`);
  if (Number.isNaN(date) || new Date(date).getUTCDate() !== Number(day)) return undefined;
  if (hour === undefined) return date < firstMs ? undefined : { from: date, to: date + dayMs };
  const milliseconds = fraction.padEnd(3, '0').slice(0, 3);
  const read = Date.parse(
    `${year}-${month}-${day}T${hour}:${minute}:${second}.${milliseconds}${offset?.toUpperCase() ?? 'Z'}`,
  );
  if (Number.isNaN(read)) return undefined;
  const from = offset === undefined ? read : wallClock(read, zone);
  return from < firstMs || from >= endMs ? undefined : { from, to: from + 1 };
}

/** `2020-11-14T12:00:00.000`, as a parameter of a date type takes it. */
export function wallText(wall: number): string {
  // The first moment after the year 9999, where the last one does.
  return new Date(Math.min(wall, endMs - 1)).toISOString().slice(0, -1);
}
