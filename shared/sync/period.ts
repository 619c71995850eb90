/** Months that may be asked for: which they are, and which are valid. */

import type { AskedMonths, Period } from './call.ts';

export interface PeriodLimits {
  first: Period;
  last: Period;
}

/** As in the catalogue: `from` is `2018-01`, `timeZone` an IANA name. */
export interface PeriodRules {
  readonly from: string;
  readonly timeZone: string;
}

/** From the catalogue's first month to the current one, which at its turn the time zone decides. */
export function periodLimits({ from, timeZone }: PeriodRules, now: Date): PeriodLimits {
  const [year, month] = from.split('-').map(Number);
  return {
    first: { year: year ?? Number.NaN, month: month ?? Number.NaN },
    last: currentPeriod(timeZone, now),
  };
}

function currentPeriod(timeZone: string, now: Date): Period {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    year: 'numeric',
    month: 'numeric',
  }).formatToParts(now);
  const part = (type: string) => Number(parts.find((found) => found.type === type)?.value);
  return { year: part('year'), month: part('month') };
}

/**
 * The months that are meant when `current` is the current one, the earliest first; none where the
 * first of a range comes after the second. A function of its arguments: whoever resolves at another
 * moment than now, as a schedule does at its due time, takes `periodLimits` of that moment.
 *
 * @param asked checked
 */
export function resolvedPeriods(asked: AskedMonths, current: Period): Period[] | undefined {
  const at = (end: number | Period) =>
    typeof end === 'number' ? monthsSince(current) + end : monthsSince(end);
  const { month, year, months } = asked;
  if (months !== undefined) {
    const [first = 0, last = 0] = months.map(at);
    return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) =>
      periodAt(first + index),
    );
  }
  if (month === undefined) return undefined;
  return [year === undefined ? periodAt(at(month)) : { month, year }];
}

/** Months since the beginning of our era. */
function monthsSince({ month, year }: Period): number {
  return year * 12 + month - 1;
}

function periodAt(months: number): Period {
  const year = Math.floor(months / 12);
  return { month: months - year * 12 + 1, year };
}

/** Negative when `a` is before `b`, 0 when they are the same month. */
export function comparePeriods(a: Period, b: Period): number {
  return a.year - b.year || a.month - b.month;
}

/** `2019-07`. */
export function periodText(period: Period): string {
  return `${period.year}-${String(period.month).padStart(2, '0')}`;
}
