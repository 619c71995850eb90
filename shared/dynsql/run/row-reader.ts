/** What is where in the rows of a statement; looked up once, used for every row. */

import type { RowBatch } from '../../database/row-stream.ts';
import type { Statement } from '../definition.ts';
import { jsonText } from './values.ts';

/** Values in the order of the statement's columns. */
export type Row = readonly unknown[];

export class RowReader {
  readonly #columns: ReadonlyMap<string, number>;
  readonly #dataset: string;
  readonly #fields: readonly { at: number; prefix: string; write: (value: unknown) => string }[];
  readonly #positions: readonly number[];
  readonly #keys: readonly { own: number; parent: string }[];
  #parentKeys: readonly number[] | undefined;

  /** @param result what the statement's rows come with */
  constructor(
    { dataset, columns, positions, parentKey }: Statement,
    result: Pick<RowBatch, 'columns' | 'kinds'>,
  ) {
    this.#dataset = dataset;
    this.#columns = new Map(result.columns.map((name, at) => [name, at]));
    this.#fields = columns.map((column, index) => ({
      at: this.#place(column.name),
      prefix: `${index > 0 ? ',' : ''}${JSON.stringify(column.key)}:`,
      write: jsonText(column, result.kinds.get(column.name)),
    }));
    this.#positions = positions.map((name) => this.#place(name));
    this.#keys = parentKey.map(({ own, parent }) => ({ own: this.#place(own), parent }));
  }

  /** The members of the row's JSON object, without its braces. */
  members(row: Row): string {
    let text = '';
    for (const { at, prefix, write } of this.#fields) text += prefix + write(row[at]);
    return text;
  }

  /**
   * Where the row belongs, beside the parents whose positions are given: below 0, to parents that
   * are over; above 0, to later ones; 0, to these.
   */
  compare(row: Row, path: readonly number[]): number {
    for (const [depth, at] of this.#positions.entries()) {
      const difference = Number(row[at]) - (path[depth] ?? 0);
      if (difference !== 0) return difference;
    }
    return 0;
  }

  /** Whether the row was read below this very parent. */
  isOf(row: Row, parent: Row, parentReader: RowReader): boolean {
    this.#parentKeys ??= this.#keys.map((key) => parentReader.#place(key.parent));
    const parentKeys = this.#parentKeys;
    return this.#keys.every(({ own }, index) =>
      isSame(row[own], parent[parentKeys[index] ?? Number.NaN]),
    );
  }

  #place(name: string): number {
    const at = this.#columns.get(name);
    if (at === undefined) throw new Error(`The statement of ${this.#dataset} gives no ${name}`);
    return at;
  }
}

function isSame(one: unknown, other: unknown): boolean {
  if (Buffer.isBuffer(one) && Buffer.isBuffer(other)) return one.equals(other);
  return one === other;
}
