/**
 * Days and times of day as SQL Server counts them, to text and back: days since 0001-01-01 of the
 * proleptic Gregorian calendar, and units of a power of ten of a second since midnight.
 */

/** 9999-12-31. */
export const lastDay = 3_652_058;
/** 1900-01-01, from which datetime and smalldatetime count. */
export const day1900 = 693_595;
export const secondsOfDay = 86_400;

/** 1970-01-01, from which JavaScript counts. */
const day1970 = 719_162;
const dayMs = 86_400_000;

/** Texts of days; forgotten all at once, since a result holds few of them, again and again. */
const texts = new Map<number, string>();
const mostTexts = 20_000;

/** @param day since 0001-01-01: 0 is `0001-01-01` */
export function dayText(day: number): string {
  const known = texts.get(day);
  if (known !== undefined) return known;
  const text = new Date((day - day1970) * dayMs).toISOString().slice(0, 10);
  if (texts.size >= mostTexts) texts.clear();
  texts.set(day, text);
  return text;
}

const two = Array.from({ length: 60 }, (_, number) => String(number).padStart(2, '0'));

/** @param units since midnight, of 10^-scale s; @returns `12:34:56.1234567`, with `scale` digits */
export function timeText(units: number, scale: number): string {
  const perSecond = 10 ** scale;
  const seconds = Math.floor(units / perSecond);
  const text = `${two[Math.floor(seconds / 3600)]}:${two[Math.floor(seconds / 60) % 60]}:${two[seconds % 60]}`;
  if (scale === 0) return text;
  return `${text}.${String(units % perSecond).padStart(scale, '0')}`;
}

/** `+02:00` */
export function offsetText(minutes: number): string {
  const size = Math.abs(minutes);
  return `${minutes < 0 ? '-' : '+'}${two[Math.floor(size / 60)]}:${two[size % 60]}`;
}

/** A reading of a clock. */
export interface Reading {
  /** Since 0001-01-01. */
  day: number;
  /** Since midnight, of 100 ns. */
  ticks: number;
  /** Of the zone, in minutes ahead of UTC; undefined: none was told. */
  offset: number | undefined;
}

export const ticksPerSecond = 10_000_000;
export const ticksPerDay = secondsOfDay * ticksPerSecond;

const pattern =
  /^(?:(\d{4})-?(\d\d)-?(\d\d))?(?:(?:^|[T ])(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,7}))?)?)?(Z|[+-]\d\d:\d\d)?$/;

/**
 * ISO 8601: a day, a time of day of at most seven decimals, or both.
 *
 * @returns undefined for a text that is none, or names a moment that there is not; without a day
 *   it is one of 1900-01-01
 */
export function readReading(text: string): Reading | undefined {
  const [all, year, month, day, hour, minute, second = '0', fraction = '', zone] =
    pattern.exec(text) ?? [];
  if (!all || (year === undefined && hour === undefined)) return undefined;
  if (hour === undefined && zone !== undefined) return undefined;
  const days = year === undefined ? day1900 : dayOf(`${year}-${month}-${day}`);
  const [hours, minutes, seconds] = [Number(hour ?? 0), Number(minute ?? 0), Number(second)];
  const offset = zone === undefined ? undefined : offsetOf(zone);
  if (days === undefined || hours > 23 || minutes > 59 || seconds > 59) return undefined;
  if (offset !== undefined && Math.abs(offset) > 14 * 60) return undefined;
  const whole = ((hours * 60 + minutes) * 60 + seconds) * ticksPerSecond;
  return { day: days, ticks: whole + Number(fraction.padEnd(7, '0')), offset };
}

function dayOf(text: string): number | undefined {
  const at = new Date(`${text}T00:00:00Z`);
  // A day that its month does not have would be taken for one of the next month.
  if (Number.isNaN(at.getTime()) || at.toISOString().slice(0, 10) !== text) return undefined;
  const day = Math.round(at.getTime() / dayMs) + day1970;
  return day < 0 ? undefined : day;
}

function offsetOf(zone: string): number {
  if (zone === 'Z') return 0;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4));
  return zone.startsWith('-') ? -minutes : minutes;
}

/** The same moment by the clock of UTC; its offset stays told. */
export function inUtc(reading: Reading): Reading {
  const ticks = reading.ticks - (reading.offset ?? 0) * 60 * ticksPerSecond;
  const days = Math.floor(ticks / ticksPerDay);
  return { ...reading, day: reading.day + days, ticks: ticks - days * ticksPerDay };
}
