/** Dates as ABRA stores them, and as a query gives them. */

import { instantOf, wallClock } from '../../time/zone.ts';

const dayMs = 86_400_000;
/** 1899-12-30, day 0 of stored dates. */
const dayZero = Date.UTC(1899, 11, 30);
/** The first moment that is read, and the first one after the last. */
export const firstMs = Date.parse('0001-01-01T00:00:00Z');
export const endMs = Date.parse('+010000-01-01T00:00:00Z');

/** Days since 1899-12-30, the time of day as the fraction, to a wall clock's reading. */
export const fromStored = (days: number): number => dayZero + Math.round(days * dayMs);

/** The reverse of `fromStored`. */
export const toStored = (wall: number): number => (wall - dayZero) / dayMs;

export const storedRange = { first: toStored(firstMs), last: toStored(endMs) };

/** A span of time, without its end, in milliseconds: by the wall clock, or since 1970 in UTC. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** A date as a query gives it. */
export interface GivenDate {
  /** By the wall clock; of a bare date its first moment. */
  readonly wall: number;
  readonly hasTime: boolean;
  /** Milliseconds since 1970 in UTC, where it came with an offset. */
  readonly instant?: number;
}

/** 0001-01-01. */
export const firstDate: GivenDate = { wall: firstMs, hasTime: false };

function storedDate(days: number): GivenDate | undefined {
  if (!(days >= storedRange.first && days < storedRange.last)) return undefined;
  return { wall: fromStored(days), hasTime: !Number.isInteger(days) };
}

export const dateUse =
  'a date (2020-11-14), a date and time (2020-11-14T12:00:00.000Z), or days since 1899-12-30';

const pattern =
  /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(Z|[+-]\d\d:\d\d)?)?$/i;

/**
 * ISO 8601, or a stored number, which has a time where it has a fraction; undefined for what is
 * neither. A time without an offset is the zone's own.
 */
export function readDate(value: unknown, zone: string): GivenDate | undefined {
  if (typeof value === 'number') return storedDate(value);
  // A number of more digits than a double holds comes as its text.
  if (typeof value === 'string' && /^-?\d+\.\d+$/.test(value)) return storedDate(Number(value));
  if (typeof value !== 'string') return undefined;
  const [, year, month, day, hour, minute, second = '00', fraction = '', offset] =
    pattern.exec(value) ?? [];
  if (year === undefined) return undefined;
  const date = Date.parse(`${year}-${month}-${day}T00:00:00Z`);
  if (Number.isNaN(date) || new Date(date).getUTCDate() !== Number(day)) return undefined;
  if (hour === undefined) return date < firstMs ? undefined : { wall: date, hasTime: false };
  const milliseconds = fraction.padEnd(3, '0').slice(0, 3);
  const read = Date.parse(
    `${year}-${month}-${day}T${hour}:${minute}:${second}.${milliseconds}${offset?.toUpperCase() ?? 'Z'}`,
  );
  if (Number.isNaN(read)) return undefined;
  const wall = offset === undefined ? read : wallClock(read, zone);
  if (wall < firstMs || wall >= endMs) return undefined;
  return { wall, hasTime: true, ...(offset !== undefined && { instant: read }) };
}

/** Whether the time counts: it does for all where any of them has one. */
const isTimed = (dates: readonly GivenDate[]): boolean => dates.some(({ hasTime }) => hasTime);

/**
 * The shortest span that holds all of them, by the wall clock: whole days, or with a time in any of
 * them milliseconds, a bare date being its first moment.
 */
export function wallSpan(dates: readonly GivenDate[]): Span {
  const walls = dates.map(({ wall }) => wall);
  return { from: Math.min(...walls), to: Math.max(...walls) + (isTimed(dates) ? 1 : dayMs) };
}

/** The same in UTC: of an hour that the clock shows twice the one that was given. */
export function instantSpan(dates: readonly GivenDate[], zone: string): Span {
  const instants = dates.map((date) => instantIn(date, zone));
  const from = Math.min(...instants);
  if (isTimed(dates)) return { from, to: Math.max(...instants) + 1 };
  const { to } = wallSpan(dates);
  // By a clock ahead of UTC the last day ends before what stands for no end: 9999-12-31T23:59:59Z.
  return { from, to: to >= endMs ? endMs : instantOf(to, zone) };
}

/** Whether the first is not after the other. */
export const isInOrder = (first: GivenDate, other: GivenDate, zone: string): boolean =>
  instantIn(first, zone) <= instantIn(other, zone);

const instantIn = ({ wall, instant }: GivenDate, zone: string): number =>
  instant ?? instantOf(wall, zone);

/**
 * The first and the last of them in one form each: `2020-11-14`, or with a time in any of them
 * `2020-11-14T12:00:00.000`, with a Z where it came with an offset.
 */
export function dateTexts(dates: readonly GivenDate[], zone: string): string[] {
  const inOrder = dates.toSorted((a, b) => instantIn(a, zone) - instantIn(b, zone));
  return [inOrder.at(0), inOrder.at(-1)].flatMap((date) => {
    if (date === undefined) return [];
    if (!isTimed(dates)) return [wallText(date.wall).slice(0, 10)];
    return [date.instant === undefined ? wallText(date.wall) : instantText(date.instant)];
  });
}

/** `2020-11-14T12:00:00.000Z`. */
export const instantText = (instant: number): string => new Date(instant).toISOString();

/** `2020-11-14T12:00:00.000`, as a parameter of a date type takes it. */
export function wallText(wall: number): string {
  // The first moment after the year 9999, where the last one does.
  return new Date(Math.min(wall, endMs - 1)).toISOString().slice(0, -1);
}
