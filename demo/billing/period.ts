/** The period parameters of dated exports, checked as SQL Server would. */

import { SqlServerError, type SqlValue } from 'tds-sqlite';

/** DATEFROMPARTS(year, month, day) as ISO text; parts that make no date raise 289. */
function dateFromParts(year: number, month: number, day: number): string {
  const date = new Date(Date.UTC(2000, 0, 1));
  date.setUTCFullYear(year, month - 1, day);
  const exists =
    year >= 1 &&
    year <= 9999 &&
    date.getUTCFullYear() === year &&
    date.getUTCMonth() === month - 1 &&
    date.getUTCDate() === day;
  if (!exists) {
    throw new SqlServerError(
      289,
      'Cannot construct data type date, some of the arguments have values which are not valid.',
    );
  }
  return date.toISOString().slice(0, 10);
}

function required(name: string, value: SqlValue | undefined): SqlValue {
  if (value === null || value === undefined) {
    throw new SqlServerError(50002, `@${name} must not be NULL.`);
  }
  return value;
}

/** HCS: `@period_month` and `@period_year`; answers the first day of the month. */
export function periodOfParts(parameters: Readonly<Record<string, SqlValue>>): string {
  const month = Number(required('period_month', parameters['period_month']));
  const year = Number(required('period_year', parameters['period_year']));
  return dateFromParts(year, month, 1);
}

/** STEK: a day as `yyyymmdd`; answers the first day of its month. Other text raises 241. */
export function periodOfText(name: string, value: SqlValue | undefined): string {
  const text = String(required(name, value)).trim();
  const [, year, month, day] = /^(\d{4})(\d\d)(\d\d)$/.exec(text) ?? [];
  if (!year) {
    throw new SqlServerError(
      241,
      'Conversion failed when converting date and/or time from character string.',
    );
  }
  return `${dateFromParts(Number(year), Number(month), Number(day)).slice(0, 8)}01`;
}
