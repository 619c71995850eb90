/** The rows of one level, as its statement gives them. */

import type { RowBatch } from '../../database/row-stream.ts';
import type { Statement } from '../definition.ts';
import { type Row, RowReader } from './row-reader.ts';

export type Batches = AsyncGenerator<RowBatch, void, undefined>;

export class Cursor {
  readonly statement: Statement;
  readonly #batches: Batches;
  readonly #onError: (error: unknown) => void;
  /** One batch ahead: a level that fails is noticed while another one is being waited for. */
  #coming: Promise<IteratorResult<RowBatch, void>>;
  #hasArrived = false;
  #hasEnded = false;
  #reader: RowReader | undefined;
  #rows: readonly Row[] = [];
  #at = 0;

  /** Begins at once. @param onError is told when the statement fails, before `fetch` throws it */
  constructor(statement: Statement, batches: Batches, onError: (error: unknown) => void) {
    this.statement = statement;
    this.#batches = batches;
    this.#onError = onError;
    this.#coming = this.#next();
  }

  /** The row at hand; undefined when there is none: fetch, or the end. */
  get row(): Row | undefined {
    return this.#rows[this.#at];
  }

  /** Of a cursor that has given a row. */
  get reader(): RowReader {
    if (this.#reader === undefined) throw new Error('No rows have come');
    return this.#reader;
  }

  /** The rows that came are used up, and there may be more. */
  get isDry(): boolean {
    return this.#at >= this.#rows.length && !this.#hasEnded;
  }

  advance(): void {
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
    this.#reader ??= new RowReader(this.statement, value);
    this.#rows = value.rows;
    this.#at = 0;
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
    coming.then(arrive, (error: unknown) => {
      arrive();
      this.#onError(error);
    });
    return coming;
  }
}
