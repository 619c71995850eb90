/** Sums, counts and averages of a table's rows, exact, and never of two currencies together. */

import { type Decimal, decimalText, plus, readDecimal, rounded } from '../../json/decimal.ts';
import type { Aggregate, ColumnLayout } from './layout.ts';

/** What a column is added up by; undefined: it is not. */
export const aggregateOf = ({ sum, aggregate }: ColumnLayout): Aggregate | undefined =>
  aggregate ?? (sum ? 'sum' : undefined);

/** A column as totals need it; keys are those of a row. */
export interface TotalledColumn {
  readonly key: string;
  readonly aggregate: Aggregate | undefined;
  readonly currencyKey: string | undefined;
  /** Decimal places of an average. */
  readonly places: number;
}

/** The totals of one currency, or of the columns without one. */
export interface TotalsLine {
  /** Empty: of rows without one. Undefined: no column has one. */
  readonly currency: string | undefined;
  /** Of each column, in their order: a plain decimal number (`1234.50`). */
  readonly values: readonly (string | undefined)[];
}

interface Tally {
  readonly count: number;
  readonly sum: Decimal;
}

type Tallies = readonly (Tally | undefined)[];

const nothing: Tally = { count: 0, sum: { units: 0n, places: 0 } };

/** More than there are currencies; beyond them a field is something else. */
const mostCurrencies = 200;

/** What has been added up so far: another object with each row, so that any may be kept. */
export class Totals {
  readonly columns: readonly TotalledColumn[];
  readonly rows: number;
  readonly #own: Tallies;
  readonly #byCurrency: ReadonlyMap<string, Tallies>;

  constructor(
    columns: readonly TotalledColumn[],
    rows = 0,
    own: Tallies = [],
    byCurrency: ReadonlyMap<string, Tallies> = new Map(),
  ) {
    this.columns = columns;
    this.rows = rows;
    this.#own = own;
    this.#byCurrency = byCurrency;
  }

  /** @throws Error where a currency's field has more values than there are currencies */
  with(row: Readonly<Record<string, unknown>>): Totals {
    const byCurrency = new Map(this.#byCurrency);
    const own = [...this.#own];
    for (const [index, column] of this.columns.entries()) {
      if (column.aggregate === undefined) continue;
      if (column.currencyKey === undefined) {
        own[index] = tallied(own[index], column.aggregate, row[column.key]);
        continue;
      }
      const currency = String(row[column.currencyKey] ?? '').trim();
      const tallies = [...(byCurrency.get(currency) ?? [])];
      tallies[index] = tallied(tallies[index], column.aggregate, row[column.key]);
      byCurrency.set(currency, tallies);
    }
    if (byCurrency.size > mostCurrencies) {
      throw new Error(`More than ${mostCurrencies} currencies: their field is no currency`);
    }
    return new Totals(this.columns, this.rows + 1, own, byCurrency);
  }

  /** How many `lines` there are. */
  get lineCount(): number {
    return Math.max(1, this.#byCurrency.size);
  }

  /** One for each currency, by their names; columns without one are in the first. */
  lines(): TotalsLine[] {
    const currencies = [...this.#byCurrency].sort(([one], [other]) => (one < other ? -1 : 1));
    if (currencies.length === 0) return [{ currency: undefined, values: this.#values(0, []) }];
    return currencies.map(([currency, tallies], index) => ({
      currency,
      values: this.#values(index, tallies),
    }));
  }

  #values(line: number, tallies: Tallies): (string | undefined)[] {
    return this.columns.map(({ aggregate, currencyKey, places }, index) => {
      if (aggregate === undefined || (currencyKey === undefined && line > 0)) return undefined;
      const tally = (currencyKey === undefined ? this.#own : tallies)[index] ?? nothing;
      if (aggregate === 'count') return String(tally.count);
      if (aggregate === 'sum') return decimalText(tally.sum);
      return tally.count === 0 ? undefined : decimalText(average(tally, places));
    });
  }
}

/** What is no number counts as nothing in a sum and an average; a count is of all but NULL. */
function tallied({ count, sum }: Tally = nothing, aggregate: Aggregate, value: unknown): Tally {
  if (aggregate === 'count') {
    return { count: value === null || value === undefined ? count : count + 1, sum };
  }
  const decimal = readDecimal(value);
  return decimal === undefined ? { count, sum } : { count: count + 1, sum: plus(sum, decimal) };
}

/** Halves are rounded away from zero, once: a digit more would be rounded twice. */
function average({ count, sum }: Tally, places: number): Decimal {
  const { units } = rounded(sum, Math.max(places, sum.places));
  const divisor = BigInt(count) * 10n ** BigInt(Math.max(0, sum.places - places));
  const half = units < 0n ? -(divisor / 2n) : divisor / 2n;
  return { units: (units + half) / divisor, places };
}
