/** The rows of a check's query as groups: whose, of which month, how much of each measure. */

import { type Decimal, plus, readDecimal } from '../../json/decimal.ts';
import { periodText } from '../period.ts';
import type { Check } from './check.ts';

export interface Group {
  code: string;
  /** Absent: of all months. */
  month: string | undefined;
  /** Rows that have moved meanwhile. */
  moved: bigint;
  /** By name of the column, in lower case. */
  measures: ReadonlyMap<string, Decimal>;
}

/** By `groupKey`. */
export type Groups = ReadonlyMap<string, Group>;

/** A row that cannot be compared; its message says what is wrong with it. */
export class OddRowError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'OddRowError';
  }
}

const zero: Decimal = { units: 0n, places: 0 };

/** Columns that are no measures. */
const columns = { code: 'code', month: 'month', moved: 'moved' } as const;

/** Rows of one group are added up. @throws OddRowError */
export function groupsOf(
  rows: Iterable<Readonly<Record<string, unknown>>>,
  { code, period }: Pick<Check, 'code' | 'period'>,
): Groups {
  const groups = new Map<string, Group & { measures: Map<string, Decimal> }>();
  for (const row of rows) {
    const values = new Map(
      Object.entries(row).map(([column, value]) => [column.toLowerCase(), value] as const),
    );
    const found = {
      code: values.has(columns.code) ? textOf(values.get(columns.code)) : code,
      month: values.has(columns.month)
        ? monthOf(values.get(columns.month))
        : period && periodText(period),
    };
    const key = groupKey(found);
    const group = groups.get(key) ?? { ...found, moved: 0n, measures: new Map<string, Decimal>() };
    groups.set(key, group);
    for (const [column, value] of values) {
      if (column === columns.code || column === columns.month) continue;
      const number = numberOf(column, value);
      if (column === columns.moved) group.moved += wholeOf(number);
      else group.measures.set(column, plus(group.measures.get(column) ?? zero, number));
    }
    if (group.measures.size === 0) throw new OddRowError('no column to compare, such as [rows]');
  }
  return groups;
}

export function groupKey({ code, month = '' }: Pick<Group, 'code' | 'month'>): string {
  return `${code} ${month}`;
}

/** The measures of any group; every row of a query has all. */
export function measuresOf(groups: Groups): Set<string> {
  const [first] = groups.values();
  return new Set(first?.measures.keys());
}

function textOf(value: unknown): string {
  return value === null || value === undefined ? '' : String(value).trimEnd();
}

/** `yyyy-mm` of the first day of a month, and of `yyyymm`. */
function monthOf(value: unknown): string {
  const text = textOf(value);
  const [, year, month] = /^(\d{4})-?(\d\d)(?:-?01(?:[T ]00:00:00(?:\.0+)?)?)?$/.exec(text) ?? [];
  return year === undefined ? text : `${year}-${month}`;
}

/** A sum of nothing is NULL. */
function numberOf(column: string, value: unknown): Decimal {
  const number = value === null || value === undefined ? zero : readDecimal(value);
  if (number === undefined) throw new OddRowError(`a column ${column} that is no number`);
  return number;
}

const wholeOf = ({ units, places }: Decimal): bigint => units / 10n ** BigInt(places);
