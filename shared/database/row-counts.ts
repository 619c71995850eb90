/** How many rows a call touched and gave, counted as they pass: nothing is gathered. */

/** What is kept of any number of counts. */
export interface RowCounts {
  /** Rows of all statements that counted, as the server counts them: also those that it returned. */
  sum: number;
  /** Statements that counted. */
  statements: number;
  /** The counts of the latest of them, oldest first, at most 5. */
  last: number[];
  /** Rows that came back in result sets; absent when none did. */
  returned?: number;
}

/** Enough for the end of a procedure; a load's are created, updated and deleted. */
const keptCounts = 5;

export class RowCounter {
  #sum = 0;
  #statements = 0;
  readonly #last: number[] = [];
  #returned = 0;

  /** A statement has counted its rows. */
  count(rows: number): void {
    this.#sum += rows;
    this.#statements += 1;
    this.#last.push(rows);
    if (this.#last.length > keptCounts) this.#last.shift();
  }

  /** A row has come back. */
  returned(): void {
    this.#returned += 1;
  }

  get counts(): RowCounts {
    return {
      sum: this.#sum,
      statements: this.#statements,
      last: [...this.#last],
      ...(this.#returned > 0 && { returned: this.#returned }),
    };
  }
}

/** The counts of these statements, oldest first. */
export function rowCounts(statements: readonly number[]): RowCounts {
  const counter = new RowCounter();
  for (const rows of statements) counter.count(rows);
  return counter.counts;
}
