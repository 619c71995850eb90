/** The rows of a query's statement as rows of tables, as they come. */

import type { Statement } from '../definition.ts';
import type { TableRow } from '../tables/table.ts';
import type { Cursor } from './level-rows.ts';
import { DriftError } from './merge.ts';
import { OpenQuery, type RowSource } from './open-query.ts';
import { firstQuietMs, quietMs } from './quiet.ts';
import type { Row } from './row-reader.ts';

const mostRows = 512;

/**
 * Rows of all levels, each before what is below it, some at a time.
 *
 * @param database its id in the catalogue
 * @throws DatabaseError, DriftError, or the reason of `signal`
 */
export async function* tableRows(
  statement: Statement,
  databases: RowSource,
  database: string,
  signal: AbortSignal,
): AsyncGenerator<readonly TableRow[], void, undefined> {
  const query = await OpenQuery.open(statement, databases, database, signal);
  const { cursor } = query;
  try {
    const placed = new PlacedRows(cursor);
    let quiet = firstQuietMs;
    let rows: TableRow[] = [];
    for (;;) {
      const isDry = cursor.isDry;
      const isEnd = !isDry && cursor.row === undefined;
      const isDue =
        isEnd ||
        rows.length >= mostRows ||
        (isDry && rows.length > 0 && !(await cursor.arrivesWithin(quiet)));
      if (isDue) {
        quiet = quietMs;
        yield rows;
        rows = [];
      }
      if (isEnd) return;
      if (isDry) await cursor.fetch();
      else rows.push(placed.take());
    }
  } finally {
    await query.close();
  }
}

/** Finds out where each row is, and that it is there. */
class PlacedRows {
  readonly #cursor: Cursor;
  /** The latest row of each level, and its position below its parent. */
  readonly #latest: { row: Row | undefined; position: number }[];

  constructor(cursor: Cursor) {
    this.#cursor = cursor;
    this.#latest = cursor.levels.map(() => ({ row: undefined, position: 0 }));
  }

  /** @throws DriftError */
  take(): TableRow {
    const cursor = this.#cursor;
    const { place, row = [] } = cursor;
    const reader = cursor.reader(place);
    const latest = this.#latest[place];
    const { parent, children = [], dataset = '' } = cursor.levels[place] ?? {};
    const above = parent === undefined ? undefined : this.#latest[parent]?.row;
    if (latest === undefined || (parent !== undefined && above === undefined)) {
      throw new DriftError(dataset);
    }
    latest.row = row;
    latest.position += 1;
    const isThere = reader.isAt(row, this.#path(place));
    if (!isThere || (above !== undefined && !reader.isOf(row, above))) {
      throw new DriftError(dataset);
    }
    this.#forget(children);
    cursor.advance();
    return { place, cells: reader.cells(row) };
  }

  /** Positions from the root's down. */
  #path(place: number): number[] {
    const { parent } = this.#cursor.levels[place] ?? {};
    const own = this.#latest[place]?.position ?? 0;
    return parent === undefined ? [own] : [...this.#path(parent), own];
  }

  /** Rows below another parent begin anew. */
  #forget(places: readonly number[]): void {
    for (const place of places) {
      const latest = this.#latest[place];
      // What is below has been forgotten when this one came.
      if (latest?.row === undefined) continue;
      latest.row = undefined;
      latest.position = 0;
      this.#forget(this.#cursor.levels[place]?.children ?? []);
    }
  }
}
