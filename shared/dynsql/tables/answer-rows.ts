/** Rows of an answer in JSON as rows of tables: each value keeps its text. */

import { foldName } from '../name.ts';
import { fault } from '../rows/row-splitter.ts';
import { rowTextsByPiece } from '../rows/row-texts.ts';
import type { Cell, Table, TableRow } from './table.ts';

/** A member without blanks: its name, and its value or how a list or an object begins. */
const member = /"([^"\\]*(?:\\.[^"\\]*)*)":("[^"\\]*(?:\\.[^"\\]*)*"|[^,{}[\]"]+|[[{])/y;
const datasetHead = /\{"name":("[^"\\]*(?:\\.[^"\\]*)*"),"items":\[/y;

/**
 * @param answer `{"name": …, "items": [{…}, …]}` in UTF-8
 * @throws RowLoadError for what is something else, or has members that were not asked for
 */
export async function* answerRows(
  tables: readonly Table[],
  answer: AsyncIterable<Uint8Array>,
): AsyncGenerator<readonly TableRow[], void, undefined> {
  const reader = new ItemReader(tables);
  for await (const texts of rowTextsByPiece(answer)) {
    const rows: TableRow[] = [];
    for (const text of texts) reader.read(text, rows);
    if (rows.length > 0) yield rows;
  }
}

class ItemReader {
  readonly #tables: readonly Table[];
  readonly #columns: readonly ReadonlyMap<string, number>[];
  #text = '';
  #at = 0;

  constructor(tables: readonly Table[]) {
    this.#tables = tables;
    this.#columns = tables.map(({ columns }) => new Map(columns.map(({ key }, at) => [key, at])));
  }

  read(text: string, into: TableRow[]): void {
    this.#text = text;
    this.#at = 0;
    this.#item(0, into);
  }

  #item(place: number, into: TableRow[]): void {
    const { columns = [], dataset = '' } = this.#tables[place] ?? {};
    const cells: Cell[] = columns.map(() => 'null');
    into.push({ place, cells });
    this.#list('{', '}', () => {
      const [, name = '', value = ''] = this.#match(member);
      if (name === 'datasets' && value === '[') {
        this.#at -= 1;
        this.#list('[', ']', () => this.#dataset(place, into));
        return;
      }
      const at = this.#columns[place]?.get(foldName(JSON.parse(`"${name}"`)));
      if (at === undefined) throw fault(`has a member of ${dataset} that was not asked for`);
      if (value === '[' || value === '{') throw fault(`has a list or an object for a value`);
      cells[at] = value;
    });
  }

  #dataset(parent: number, into: TableRow[]): void {
    const [, name = '""'] = this.#match(datasetHead);
    this.#at -= 1;
    const folded = foldName(JSON.parse(name));
    const place = this.#tables.findIndex((table) => {
      return table.parent === parent && foldName(table.dataset) === folded;
    });
    if (place < 0) throw fault('has a dataset that was not asked for');
    this.#list('[', ']', () => this.#item(place, into));
    this.#expect('}');
  }

  #list(open: string, close: string, one: () => void): void {
    this.#expect(open);
    while (this.#text[this.#at] !== close) {
      one();
      if (this.#text[this.#at] !== ',') break;
      this.#at += 1;
    }
    this.#expect(close);
  }

  #match(pattern: RegExp): RegExpExecArray {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text);
    if (found === null) throw fault('has a row that is no JSON');
    this.#at = pattern.lastIndex;
    return found;
  }

  #expect(letter: string): void {
    if (this.#text[this.#at] !== letter) throw fault('has a row that is no JSON');
    this.#at += 1;
  }
}
