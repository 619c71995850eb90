/** Where the value of a parameter may come from: a closed list, and nothing is computed from it. */

import type { Period } from './period.ts';

export const valueSources = [
  'code',
  'entity',
  'source name',
  'user',
  'run id',
  'month',
  'year',
  'yyyymm',
  'first day of month',
  'last day of month',
  'first day of next month',
  'date of run',
] as const;

/** What a check may be told besides: when a stage began, by the clock of the database it asks. */
export const clockSources = ['began', 'began in UTC'] as const;
export type ClockSource = (typeof clockSources)[number];

export type ValueSource = (typeof valueSources)[number] | ClockSource;

/** What a query of freshness may be told: it knows neither a month nor a run. */
export const readingSources = ['code', 'entity', 'source name'] as const satisfies ValueSource[];

const ofPeriod = [
  'month',
  'year',
  'yyyymm',
  'first day of month',
  'last day of month',
  'first day of next month',
] as const satisfies ValueSource[];

/** What a query of a check may be told. */
export const checkSources = [
  ...readingSources,
  ...ofPeriod,
  ...clockSources,
] as const satisfies ValueSource[];

const days = [
  'first day of month',
  'last day of month',
  'first day of next month',
  'date of run',
] as const satisfies ValueSource[];

export function isDay(source: ValueSource): boolean {
  return days.some((one) => one === source);
}

/** What is known when a run begins, and not before: a plan leaves it open. */
export const runSources = ['user', 'run id', 'date of run'] as const satisfies ValueSource[];
export type RunSource = (typeof runSources)[number];

/** What only a dated entity has. */
export function isOfPeriod(source: ValueSource | undefined): boolean {
  return ofPeriod.some((one) => one === source);
}

export function isOfRun(source: ValueSource): source is RunSource {
  return runSources.some((one) => one === source);
}

export function isOfClock(source: ValueSource): source is ClockSource {
  return clockSources.some((one) => one === source);
}

/** What the values of a month are made of; days as `yyyy-mm-dd`. */
export function periodValues({
  month,
  year,
}: Period): Partial<Record<ValueSource, string | number>> {
  const at = (months: number, day: number) => isoDay(Date.UTC(year, month - 1 + months, day));
  return {
    month,
    year,
    yyyymm: `${year}${String(month).padStart(2, '0')}`,
    'first day of month': at(0, 1),
    'last day of month': at(1, 0),
    'first day of next month': at(1, 1),
  };
}

/** @param time milliseconds since 1970, of a year with four digits */
const isoDay = (time: number): string => new Date(time).toISOString().slice(0, 10);

/** The day in a time zone, `yyyy-mm-dd`. @param timeZone IANA name */
export function dayIn(timeZone: string, now: Date): string {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  }).formatToParts(now);
  const part = (type: string) => parts.find((found) => found.type === type)?.value ?? '';
  return `${part('year').padStart(4, '0')}-${part('month')}-${part('day')}`;
}
