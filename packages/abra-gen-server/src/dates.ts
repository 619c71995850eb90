/**
 * Dates as ABRA Gen stores them, and as it shows them. Stored: days since 1899-12-30 by the clock
 * of the office, in Prague, the time as the fraction. Shown: ISO 8601 in UTC, so that midnight of
 * 15 October 2020 is `2020-10-14T22:00:00.000Z`.
 */

const dayMilliseconds = 86_400_000;
const dayZero = Date.UTC(1899, 11, 30);
/** Stored numbers of the years 1 and 9999, the ends of what a date can be. */
const first = -693_593;
const end = 2_958_466;

const offsets = new Intl.DateTimeFormat('en', {
  timeZone: 'Europe/Prague',
  timeZoneName: 'longOffset',
});

/** How far the office's clock is ahead of UTC; `GMT+02:00`, seconds too before 1892. */
function offsetAt(instant: number): number {
  const name = offsets.formatToParts(instant).find(({ type }) => type === 'timeZoneName')?.value;
  const [, sign, hours = 0, minutes = 0, seconds = 0] =
    /GMT([+-])(\d\d):(\d\d)(?::(\d\d))?/.exec(name ?? '') ?? [];
  const size = ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000;
  return sign === '-' ? -size : size;
}

/** `44119` to `2020-10-14T22:00:00.000Z`. */
export function shown(stored: number): string {
  const clock = dayZero + Math.round(stored * dayMilliseconds);
  const near = clock - offsetAt(clock);
  return new Date(clock - offsetAt(near)).toISOString();
}

/** @param instant milliseconds since 1970 in UTC */
const storedAt = (instant: number): number =>
  (instant + offsetAt(instant) - dayZero) / dayMilliseconds;

/** Of a day of the calendar: `storedDay(2020, 10, 15)` is 44119. */
export const storedDay = (year: number, month: number, day: number): number =>
  (Date.UTC(year, month - 1, day) - dayZero) / dayMilliseconds;

const form = /^(\d{4})-(\d\d)-(\d\d)(T(\d\d):(\d\d)(?::(\d\d)(\.\d{1,9})?)?(Z|[+-]\d\d:?\d\d)?)?$/i;

export interface GivenDate {
  stored: number;
  hasTime: boolean;
}

/**
 * A date of a query: ISO 8601 (without an offset by the office's clock), or the stored number.
 * @returns undefined for anything else
 */
export function readDate(value: unknown): GivenDate | undefined {
  if (typeof value === 'number') {
    const isDate = value >= first && value < end;
    return isDate ? { stored: value, hasTime: !Number.isInteger(value) } : undefined;
  }
  const [text, year, month, day, time, hour, minute, , , zone] =
    typeof value === 'string' ? (form.exec(value) ?? []) : [];
  if (text === undefined) return undefined;
  const calendar = new Date(`${year}-${month}-${day}T00:00:00Z`);
  if (!(calendar.getUTCDate() === Number(day)) || Number(year) < 1) return undefined;
  if (time === undefined) {
    return { stored: (calendar.getTime() - dayZero) / dayMilliseconds, hasTime: false };
  }
  if (Number(hour) > 23 || Number(minute) > 59) return undefined;
  const instant = Date.parse(zone === undefined ? `${text}Z` : text);
  if (Number.isNaN(instant)) return undefined;
  const stored = zone === undefined ? (instant - dayZero) / dayMilliseconds : storedAt(instant);
  return { stored, hasTime: true };
}
