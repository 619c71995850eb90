/** What is where in the rows of a level; looked up once, used for every row. */

import type { RowBatch } from '../../database/row-stream.ts';
import type { StatementLevel } from '../definition.ts';
import type { Cell } from '../tables/table.ts';
import { cellText, jsonText } from './values.ts';

/** Values in the order of the statement's columns, those of all levels. */
export type Row = readonly unknown[];

export class RowReader {
  readonly #columns: ReadonlyMap<string, number>;
  readonly #dataset: string;
  readonly #fields: readonly {
    at: number;
    prefix: string;
    write: (value: unknown) => string;
    cell: (value: unknown) => Cell;
  }[];
  readonly #positions: readonly number[];
  readonly #keys: readonly { own: number; parent: number }[];

  /** @param result what the statement's rows come with; @param levels all of the statement */
  constructor(
    { dataset, columns, positions, parentKey }: StatementLevel,
    result: Pick<RowBatch, 'columns' | 'kinds'>,
    levels: readonly StatementLevel[],
  ) {
    this.#dataset = dataset;
    this.#columns = new Map(result.columns.map((name, at) => [name, at]));
    this.#fields = columns.map((column, index) => ({
      at: this.#place(column.name),
      prefix: `${index > 0 ? ',' : ''}${JSON.stringify(column.key)}:`,
      write: jsonText(column, result.kinds.get(column.name)),
      cell: cellText(column, result.kinds.get(column.name)),
    }));
    // Rows of one level are not numbered: their place is the one at which they come.
    const numbered = positions.filter((name) => levels.length > 1 || this.#columns.has(name));
    this.#positions = numbered.map((name) => this.#place(name));
    this.#keys = parentKey.map(({ own, parent }) => {
      return { own: this.#place(own), parent: this.#place(parent) };
    });
  }

  /** The members of the row's JSON object, without its braces. */
  members(row: Row): string {
    let text = '';
    for (const { at, prefix, write } of this.#fields) text += prefix + write(row[at]);
    return text;
  }

  /** The row's values in the order of its level's columns. */
  cells(row: Row): Cell[] {
    return this.#fields.map(({ at, cell }) => cell(row[at]));
  }

  /** Whether the row is at this place: positions from the root's down to its own. */
  isAt(row: Row, path: readonly number[]): boolean {
    return this.#positions.every((at, depth) => Number(row[at]) === path[depth]);
  }

  /** Whether the row was read below this very parent. */
  isOf(row: Row, parent: Row): boolean {
    return this.#keys.every((key) => isSame(row[key.own], parent[key.parent]));
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
