/** What a run is about, in words. */

import type { Call, Period, RunSummary } from '../../api/schema.d.ts';
import { entityTitle } from '../../live/catalog.ts';
import { monthName, monthNumbers, number } from '../../text/format.ts';
import { say } from '../../text/say.ts';

/** More of them are counted: nobody reads a list of sixty in a line. */
const mostSources = 4;
const mostEntities = 2;

/** `0c10, stek`, or how many they are. */
export function sourcesText(codes: readonly string[], more = 0): string {
  const count = codes.length + more;
  return count <= mostSources ? codes.join(', ') : say('runs.sources', { count });
}

/** How many rows, where any statement has counted its own: under SET NOCOUNT ON nobody knows. */
export function rowsText({ sum, statements }: { sum: number; statements: number }): string {
  return statements === 0 ? say('runs.notCounted') : number(sum);
}

/** `Payments, Meters`, or how many they are. */
export function entitiesText(names: readonly string[], more = 0): string {
  const count = names.length + more;
  if (count > mostEntities) return say('runs.entities', { count });
  return names.map(entityTitle).join(', ');
}

/** `0c10, stek · Payments`: data sources alone where all of them was asked for. */
export function runTitle(
  run: Pick<RunSummary, 'kind' | 'codes' | 'moreCodes' | 'names' | 'moreNames'>,
): string {
  const sources = sourcesText(run.codes, run.moreCodes);
  const { names } = run;
  if (run.kind === 'data_source' || names === undefined) return sources;
  return `${sources} · ${entitiesText(names, run.moreNames)}`;
}

/** Months as they were asked for: `last month`; undefined: by their numbers. */
export function askedText({ asked }: Pick<Call, 'asked'>): string | undefined {
  if (asked === undefined) return undefined;
  const { month, year, months } = asked;
  if (months !== undefined) {
    const [from, to = from] = months.map((one) =>
      typeof one === 'number' ? relativeMonth(one) : monthName(one),
    );
    const isCounted = months.some((one) => typeof one === 'number');
    return isCounted ? say('runs.monthsAsked', { from: from ?? '', to: to ?? '' }) : undefined;
  }
  return month !== undefined && year === undefined ? relativeMonth(month) : undefined;
}

function relativeMonth(back: number): string {
  if (back === 0) return say('runs.thisMonth');
  if (back === -1) return say('runs.lastMonth');
  return say('runs.monthsAgo', { count: -back });
}

/** `07/2019`, or `05/2019 – 07/2019` of several. */
export function periodsText(periods: readonly Period[]): string {
  const [first] = periods;
  const last = periods.at(-1);
  if (first === undefined || last === undefined) return '';
  const from = monthNumbers(first);
  return periods.length === 1 ? from : `${from} – ${monthNumbers(last)}`;
}
