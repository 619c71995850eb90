/** Numbers, times and durations as the reader writes them; times by the catalogue's clock. */

import { signal } from '@preact/signals';
import { language } from './languages.ts';

/** The catalogue's, as the app says with each answer; the browser's own until then. */
export const timeZone = signal(new Intl.DateTimeFormat().resolvedOptions().timeZone);

const made = new Map<string, Intl.NumberFormat | Intl.DateTimeFormat | Intl.DurationFormat>();

/** To make one takes a hundred times as long as to use it. */
function kept<T extends Intl.NumberFormat | Intl.DateTimeFormat | Intl.DurationFormat>(
  key: string,
  make: () => T,
): T {
  const known = (made.get(key) as T | undefined) ?? make();
  made.set(key, known);
  return known;
}

/** `1 284 331`: thin spaces between thousands in every language. */
export function number(value: number): string {
  // The most there are, and the same in every language: taking a format apart takes long for thousands.
  if (Number.isInteger(value) && value >= 0 && value < 1_000) return String(value);
  const format = kept(`number ${language.value}`, () => new Intl.NumberFormat(language.value));
  const parts = format.formatToParts(value);
  return parts.map(({ type, value: text }) => (type === 'group' ? '\u202f' : text)).join('');
}

export function percent(share: number): string {
  const options = { style: 'percent', maximumFractionDigits: 0 } as const;
  return kept(
    `percent ${language.value}`,
    () => new Intl.NumberFormat(language.value, options),
  ).format(share);
}

function instant(
  name: string,
  options: Intl.DateTimeFormatOptions,
): (at: string | number) => string {
  return (at) =>
    kept(
      `${name} ${language.value} ${timeZone.value}`,
      () => new Intl.DateTimeFormat(language.value, { ...options, timeZone: timeZone.value }),
    ).format(new Date(at));
}

const clockParts = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;

/** `07:42` */
export const clock = instant('clock', clockParts);
/** `02:30:04` */
export const exactClock = instant('exact', { ...clockParts, second: '2-digit' });
/** `31 July` */
export const day = instant('day', { day: 'numeric', month: 'long' });
/** `Wednesday 31 July` */
export const weekday = instant('weekday', { weekday: 'long', day: 'numeric', month: 'long' });
/** `Wed` */
export const weekdayShort = instant('weekday short', { weekday: 'short' });
/** `31 Jul 02:41` */
export const moment = instant('moment', { day: 'numeric', month: 'short', ...clockParts });
/** `31 July 2019, 02:41:12`: whole, for a title. */
export const wholeMoment = instant('whole', {
  ...{ day: 'numeric', month: 'long', year: 'numeric' },
  ...{ ...clockParts, second: '2-digit' },
});

/** `July 2019`, of a month of data. */
export function monthName({ month, year }: { month: number; year: number }): string {
  const options = { month: 'long', year: 'numeric', timeZone: 'UTC' } as const;
  return kept(
    `month ${language.value}`,
    () => new Intl.DateTimeFormat(language.value, options),
  ).format(Date.UTC(year, month - 1));
}

/** `07/2019`: the same where there is little room, and as operators write it. */
export function monthNumbers({ month, year }: { month: number; year: number }): string {
  return `${String(month).padStart(2, '0')}/${year}`;
}

/** English by the names of months: which of two numbers is the day nobody can tell. */
const values = { en: ['en-GB', 'short'], cs: ['cs', '2-digit'], ru: ['ru', '2-digit'] } as const;

function valueFormat(zone: string, time: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const [locale, month] = values[language.value];
  const key = `value ${locale} ${zone} ${time.hour}`;
  const options = { day: '2-digit', month, year: 'numeric', timeZone: zone, ...time } as const;
  return kept(key, () => new Intl.DateTimeFormat(locale, options));
}

/** `31 Jul 2019`: a day of a table as it is, in whichever time zone; a moment by the catalogue's clock. */
export function date(at: string | number): string {
  return valueFormat(typeof at === 'string' ? 'UTC' : timeZone.value, {}).format(new Date(at));
}

/** `31 Jul 2019, 02:41:12`: a moment of a table. */
export function dateAndTime(at: number): string {
  return valueFormat(timeZone.value, { ...clockParts, second: '2-digit' }).format(new Date(at));
}

/** `2019-07-31`, by the catalogue's clock. */
export const dayKey = (at: string | number) =>
  kept(
    `key ${timeZone.value}`,
    () => new Intl.DateTimeFormat('sv', { timeZone: timeZone.value }),
  ).format(new Date(at));

/** The clock alone where it is today's; `at` with its day otherwise. */
export function near(at: string | number, now: number): string {
  return dayKey(at) === dayKey(now) ? clock(at) : moment(at);
}

const steps = [
  ['days', 86_400_000],
  ['hours', 3_600_000],
  ['minutes', 60_000],
  ['seconds', 1_000],
] as const;

/**
 * At most two units, of which the second is left out where it says little: `0.3 s`, `41 s`, `14 m`,
 * `2 h 5 m`, `9 d`.
 *
 * @param style `narrow` in a table, `short` in a sentence
 */
export function duration(milliseconds: number, style: 'narrow' | 'short' = 'short'): string {
  const value = Math.max(0, milliseconds);
  if (value < 1_000) return partOfSecond(Math.ceil(value / 100) / 10, style);
  const first = steps.findIndex(([, size]) => value >= size);
  const [unit, size] = steps[first] ?? ['seconds', 1_000];
  const whole = Math.floor(value / size);
  const next = steps[first + 1];
  const rest = next && whole < 10 ? Math.floor((value % size) / next[1]) : 0;
  return written(`${language.value} ${style} ${unit} ${whole} ${rest}`, () => {
    const parts = { [unit]: whole, ...(next && rest > 0 && { [next[0]]: rest }) };
    return kept(
      `duration ${language.value} ${style}`,
      () => new Intl.DurationFormat(language.value, { style }),
    ).format(parts);
  });
}

/** `0.3 sec`: what took less than a second did not take none. */
function partOfSecond(seconds: number, style: 'narrow' | 'short'): string {
  const options = { style: 'unit', unit: 'second', unitDisplay: style } as const;
  return kept(
    `part of second ${language.value} ${style}`,
    () => new Intl.NumberFormat(language.value, options),
  ).format(seconds);
}

const mostWritten = 4_000;
const texts = new Map<string, string>();

/** Of thousands of cells most say the same, and the browser takes long to write a duration. */
function written(key: string, write: () => string): string {
  const known = texts.get(key);
  if (known !== undefined) return known;
  const text = write();
  if (texts.size >= mostWritten) texts.clear();
  texts.set(key, text);
  return text;
}
