/** Valid months: from the catalogue's first one to the current one. */

import type { Period } from '../../shared/sync/syncs.ts';

export interface PeriodLimits {
  first: Period;
  last: Period;
}

/**
 * `periods.from` is `2018-01`; `periods.timeZone` is an IANA name: at the turn of a month it
 * decides which one is current.
 */
export function periodLimits(
  periods: { readonly from: string; readonly timeZone: string },
  now: Date,
): PeriodLimits {
  const [year, month] = periods.from.split('-').map(Number);
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone: periods.timeZone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    year: 'numeric',
    month: 'numeric',
  }).formatToParts(now);
  const part = (type: string) => Number(parts.find((found) => found.type === type)?.value);
  return {
    first: { year: year ?? Number.NaN, month: month ?? Number.NaN },
    last: { year: part('year'), month: part('month') },
  };
}

/** Negative when `a` is before `b`, 0 when they are the same month. */
export function comparePeriods(a: Period, b: Period): number {
  return a.year - b.year || a.month - b.month;
}

/** `2019-07`. */
export function periodText(period: Period): string {
  return `${period.year}-${String(period.month).padStart(2, '0')}`;
}
