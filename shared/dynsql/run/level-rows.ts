/** The rows of a query as its statement gives them, those of all levels in the order of the answer. */

import type { RowBatch } from '../../database/row-stream.ts';
import type { Statement, StatementLevel } from '../definition.ts';
import { type Row, RowReader } from './row-reader.ts';
import type { LevelTally } from './told-query.ts';

export type Batches = AsyncGenerator<RowBatch, void, undefined>;

/** Says which level a row is of; a statement of one level has no such column. */
const levelColumn = 'l';
const countColumn = 'q';

type CursorStatement = Pick<Statement, 'levels' | 'hasCount' | 'page'>;

export class Cursor {
  readonly levels: readonly StatementLevel[];
  readonly #batches: Batches;
  readonly #hasCount: boolean;
  readonly #isPage: boolean;
  readonly #tally: LevelTally | undefined;
  /** One batch ahead, which is parsed while the one at hand is written. */
  #coming: Promise<IteratorResult<RowBatch, void>>;
  #hasArrived = false;
  #hasEnded = false;
  #readers: readonly RowReader[] = [];
  #levelAt = -1;
  #count: number | undefined;
  #result: Pick<RowBatch, 'columns' | 'types'> | undefined;
  #root: Row | undefined;
  #roots = 0;
  #rows: readonly Row[] = [];
  #at = 0;

  /** Begins at once. */
  constructor({ levels, hasCount, page }: CursorStatement, batches: Batches, tally?: LevelTally) {
    this.levels = levels;
    this.#tally = tally;
    this.#hasCount = hasCount;
    this.#isPage = page !== undefined;
    this.#batches = batches;
    this.#coming = this.#next();
  }

  /** The row at hand; undefined when there is none: fetch, or the end. */
  get row(): Row | undefined {
    return this.#rows[this.#at];
  }

  /** Place of the level that the row at hand is of. */
  get place(): number {
    return this.#levelAt === -1 ? 0 : Number(this.row?.[this.#levelAt]);
  }

  /** How many rows of the root there are, where that is asked; known with the first rows. */
  get count(): number | undefined {
    return this.#count;
  }

  /** Of a column, as declared; undefined of one whose values are not compared. */
  typeOf(column: string): string | undefined {
    return this.#result?.types.get(column);
  }

  /** All rows have come. */
  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** How many rows of the root have been, of a statement with `page`. */
  get roots(): number {
    return this.#roots;
  }

  /** A value of the last of them. */
  lastOfRoot(column: string): unknown {
    return this.#root?.[this.#result?.columns.indexOf(column) ?? -1];
  }

  /** Of a level, once there has been a row. */
  reader(place: number): RowReader {
    const reader = this.#readers[place];
    if (reader === undefined) throw new Error('No rows have come');
    return reader;
  }

  /** The rows that came are used up, and there may be more. */
  get isDry(): boolean {
    return this.#at >= this.#rows.length && !this.#hasEnded;
  }

  advance(): void {
    this.#tally?.row(this.place);
    if (this.#isPage && this.place === 0) {
      this.#root = this.row;
      this.#roots += 1;
    }
    this.#at += 1;
  }

  /** Waits until `fetch` would end at once, for so many milliseconds at most. */
  async arrivesWithin(milliseconds: number): Promise<boolean> {
    if (this.#hasArrived) return true;
    const late = Promise.withResolvers<void>();
    const timer = setTimeout(late.resolve, milliseconds);
    await Promise.race([this.#arrival(), late.promise]);
    clearTimeout(timer);
    return this.#hasArrived;
  }

  /** Waits for the next rows, or for the end. @throws what the statement failed with */
  async fetch(): Promise<void> {
    const { done, value } = await this.#coming;
    if (done) {
      this.#hasEnded = true;
      return;
    }
    if (this.#readers.length === 0) {
      this.#readers = this.levels.map((level) => new RowReader(level, value, this.levels));
      this.#levelAt = value.columns.indexOf(levelColumn);
      this.#result = value;
    }
    this.#rows = value.rows;
    this.#at = 0;
    this.#tally?.batch();
    if (this.#hasCount && this.#count === undefined && this.row !== undefined) {
      this.#count = Number(this.row[value.columns.indexOf(countColumn)]);
      this.#at = 1;
    }
    this.#coming = this.#next();
  }

  /** Ends the statement, however far it is; call after its signal was aborted. Never throws. */
  async close(): Promise<void> {
    await this.#arrival();
    await this.#batches.return().catch(() => {});
  }

  async #arrival(): Promise<void> {
    await this.#coming.catch(() => {});
  }

  #next(): Promise<IteratorResult<RowBatch, void>> {
    this.#hasArrived = false;
    const coming = this.#batches.next();
    const arrive = () => {
      this.#hasArrived = true;
    };
    coming.then(arrive, arrive);
    return coming;
  }
}
