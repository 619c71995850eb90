/** The query that a load asks. */

import type { RowQuery } from './row-query-schema.ts';

export interface Month {
  /** From 1. */
  month: number;
  year: number;
}

/** The body of exec. @param month of an entity that is dated */
export function queryBody(query: RowQuery, month: Month | undefined): Record<string, unknown> {
  const { select, where, datasets, period } = query;
  const isDated = period !== undefined && month !== undefined;
  const dates = isDated ? [{ id: period.condition, value: daysOf(month) }] : [];
  return { select, where: [...where, ...dates], ...(datasets.length > 0 && { datasets }) };
}

/** The first and the last day; a query takes both as whole days. */
function daysOf({ month, year }: Month): [string, string] {
  const day = (at: number) => new Date(at).toISOString().slice(0, 10);
  return [day(Date.UTC(year, month - 1, 1)), day(Date.UTC(year, month, 0))];
}
