/** Settings that are whole numbers: each with its unit, its limits and what it is unless set. */

import type { Read, Report } from './settings-error.ts';

export interface WholeNumber {
  fallback: number;
  least: number;
  most: number;
  unit: 'seconds' | 'days' | 'connections' | 'requests a minute';
}

export const wholeNumbers = {
  SLICE_BUDGET: { fallback: 240, least: 1, most: 86_400, unit: 'seconds' },
  // The limits of a blob lease (Azure Storage, Lease Blob).
  LEASE_SECONDS: { fallback: 60, least: 15, most: 60, unit: 'seconds' },
  RUN_RETENTION_DAYS: { fallback: 90, least: 1, most: 3650, unit: 'days' },
  SQL_POOL_SIZE: { fallback: 10, least: 2, most: 1000, unit: 'connections' },
  // Fewer than 60 would refuse the page, whose first look is some thirty requests.
  REQUESTS_PER_CALLER: { fallback: 6_000, least: 60, most: 1_000_000, unit: 'requests a minute' },
  REQUESTS_PER_ADDRESS: { fallback: 1_200, least: 60, most: 1_000_000, unit: 'requests a minute' },
} as const satisfies Record<string, WholeNumber>;

/** What is set, or else what it is unless set; what is no such number is reported. */
export function parseWholeNumber(
  read: Read,
  report: Report,
  setting: keyof typeof wholeNumbers,
): number {
  const { fallback, least, most, unit }: WholeNumber = wholeNumbers[setting];
  const text = read(setting) ?? String(fallback);
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  report(setting, `must be a whole number of ${unit} from ${least} to ${most}`);
  return fallback;
}
