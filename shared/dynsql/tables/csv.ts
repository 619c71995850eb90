/**
 * An answer as CSV (RFC 4180): one table, in which a row with what is below it is several lines.
 *
 * A line is a row that has none below it, behind those that it is below of: their columns are
 * repeated. Rows of two datasets beside one another are on lines of their own, since a product of
 * both would be rows that nobody has.
 */

import { textOf } from './cell-text.ts';
import type { Cell, Table, TableAnswer, TableRow } from './table.ts';

export interface CsvOptions {
  /** A byte order mark in front, by which Excel knows UTF-8. */
  hasBom?: boolean;
  /** An apostrophe in front of texts that a spreadsheet would take for formulas. */
  escapesFormulas?: boolean;
}

const lineEnd = '\r\n';
/** Characters, as of other pieces. */
const chunkLength = 32_768;

/** @throws what the answer's rows do */
export async function* csvPieces(
  { tables, rows }: Pick<TableAnswer, 'tables' | 'rows'>,
  { hasBom = false, escapesFormulas = false }: CsvOptions = {},
): AsyncGenerator<Uint8Array, void, undefined> {
  const lines = new Lines(tables, escapesFormulas);
  try {
    let { done, value } = await rows.next();
    let text = (hasBom ? '\ufeff' : '') + head(tables);
    for (; !done && value !== undefined; { done, value } = await rows.next()) {
      for (const row of value) {
        text += lines.push(row);
        if (text.length < chunkLength) continue;
        yield Buffer.from(text);
        text = '';
      }
      if (text === '') continue;
      yield Buffer.from(text);
      text = '';
    }
    text += lines.end();
    if (text !== '') yield Buffer.from(text);
  } finally {
    await rows.return();
  }
}

/** Columns of the root by their keys, of others with their dataset in front: `ROWS.AMOUNT`. */
function head(tables: readonly Table[]): string {
  const names = tables.flatMap(({ dataset, depth, columns }) => {
    return columns.map(({ key }) => quoted(depth === 0 ? key : `${dataset}.${key}`));
  });
  return names.join(',') + lineEnd;
}

class Lines {
  readonly #tables: readonly Table[];
  readonly #escapesFormulas: boolean;
  /** What each table has on a line where it has no row. */
  readonly #blank: readonly string[];
  /** What each table has on the line at hand. */
  readonly #parts: string[];
  #waiting: number | undefined;

  constructor(tables: readonly Table[], escapesFormulas: boolean) {
    this.#tables = tables;
    this.#escapesFormulas = escapesFormulas;
    this.#blank = tables.map(({ columns }) => ','.repeat(Math.max(0, columns.length - 1)));
    this.#parts = [...this.#blank];
  }

  /** The lines that are known to be whole now that this row comes. */
  push({ place, cells }: TableRow): string {
    const waiting = this.#waiting;
    const { depth = 0, hasChildren = false } = this.#tables[place] ?? {};
    const isBelow = waiting !== undefined && depth > (this.#tables[waiting]?.depth ?? 0);
    const before = waiting === undefined || isBelow ? '' : this.#line();
    this.#forget(depth);
    let part = '';
    for (const [at, cell] of cells.entries())
      part += at === 0 ? this.#cell(cell) : `,${this.#cell(cell)}`;
    this.#parts[place] = part;
    if (hasChildren) {
      this.#waiting = place;
      return before;
    }
    this.#waiting = undefined;
    return before + this.#line();
  }

  end(): string {
    return this.#waiting === undefined ? '' : this.#line();
  }

  #line(): string {
    const tables = this.#tables;
    if (tables.length === 1) return this.#parts[0] + lineEnd;
    return this.#parts.filter((_, at) => tables[at]?.columns.length !== 0).join(',') + lineEnd;
  }

  /** What came of tables as deep as this, or deeper, is of other rows. */
  #forget(depth: number): void {
    if (this.#tables.length === 1) return;
    for (const [at, table] of this.#tables.entries()) {
      if (table.depth >= depth) this.#parts[at] = this.#blank[at] ?? '';
    }
  }

  #cell(cell: Cell): string {
    if (typeof cell === 'number') return String(cell);
    if (cell === 'null') return '';
    if (!cell.startsWith('"')) return cell;
    const text = textOf(cell);
    return quoted(this.#escapesFormulas && formula.test(text) ? `'${text}` : text);
  }
}

/** OWASP, CSV injection: signs of either width, also behind what a spreadsheet skips before it looks. */
const formula = /^\s*[=+\-@\t\r\n＝＋－＠]/;

/** NULL is nothing and an empty text two quotes, so that they are kept apart. */
function quoted(text: string): string {
  return text === '' || /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
