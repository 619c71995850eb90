/** `month` 1 to 12, `year` with four digits. */
export interface Period {
  month: number;
  year: number;
}

/** @throws RangeError for what is none */
export function checkedPeriod({ month, year }: Period): Period {
  if (!Number.isInteger(month) || month < 1 || month > 12) {
    throw new RangeError(`month ${month} is not a whole number from 1 to 12`);
  }
  if (!Number.isInteger(year) || year < 1000 || year > 9999) {
    throw new RangeError(`year ${year} is not a whole number of four digits`);
  }
  return { month, year };
}
