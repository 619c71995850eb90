/** Rows of one table as rows of its sheets. */

import type { Cell, Table, TableColumn, TableRow } from '../table.ts';
import { cellWriter, textCell, type WriteCell } from './cells.ts';
import { sheetHead, styles } from './parts.ts';

/** The row of a table that came last, and its number, from 1. */
export interface LatestRow {
  cells: readonly Cell[];
  number: number;
}

/** A column of a sheet. */
interface SheetColumn {
  heading: string;
  width: number;
  /** Of the table whose latest row has the value, and its place there; undefined: the row's number. */
  place: number;
  at: number | undefined;
  write: WriteCell;
}

const numbering: TableColumn = { key: '#', datatype: 'dtInteger', zone: 'UTC' };

export class SheetRows {
  /** A sheet up to its first row of the table. */
  readonly head: string;
  readonly #columns: readonly SheetColumn[];
  readonly #letters: readonly string[];

  constructor(tables: readonly Table[], place: number) {
    const table = tables[place];
    if (table === undefined) throw new RangeError(`no table ${place}`);
    this.#columns = [
      ...keysAbove(tables, table),
      ...(isNumbered(table) ? [columnOf(numbering, place, undefined)] : []),
      ...table.columns.map((column, at) => columnOf(column, place, at)),
    ];
    this.#letters = this.#columns.map((_, at) => letterOf(at));
    const headings = this.#columns.map(({ heading }, at) => {
      const bold = textCell(heading).replace(/^( s="\d+")?/, ` s="${styles.head}"`);
      return `<c r="${this.#letters[at]}1"${bold}`;
    });
    const widths = this.#columns.map(({ width }) => width);
    this.head = `${sheetHead(widths)}<row r="1">${headings.join('')}</row>`;
  }

  /** @param number of the sheet's row, from 1; @param latest rows of all tables, this one's too */
  row(number: number, latest: readonly LatestRow[]): string {
    let text = `<row r="${number}">`;
    for (const [index, { place, at, write }] of this.#columns.entries()) {
      const row = latest[place];
      const cell = (at === undefined ? row?.number : row?.cells[at]) ?? 'null';
      const written = write(cell);
      if (written !== undefined) text += `<c r="${this.#letters[index]}${number}"${written}`;
    }
    return `${text}</row>`;
  }
}

/** Rows that others refer to, and that the query selects no key of, have their number for one. */
const isNumbered = ({ hasChildren, keys }: Table): boolean => hasChildren && keys.length === 0;

/** Keys of all that a row is below of, from the root's down. */
function keysAbove(tables: readonly Table[], { parent }: Table): SheetColumn[] {
  const table = parent === undefined ? undefined : tables[parent];
  if (table === undefined || parent === undefined) return [];
  const own = isNumbered(table)
    ? [columnOf(numbering, parent, undefined)]
    : table.keys.flatMap((at) => {
        const column = table.columns[at];
        return column === undefined ? [] : [columnOf(column, parent, at)];
      });
  const named = own.map((column) => ({
    ...column,
    heading: `${table.dataset}.${column.heading}`,
    width: widthOf(`${table.dataset}.${column.heading}`, column.width),
  }));
  return [...keysAbove(tables, table), ...named];
}

function columnOf(column: TableColumn, place: number, at: number | undefined): SheetColumn {
  const heading = column.key;
  const usual = usualWidths[column.datatype.toLowerCase()] ?? 12;
  return { heading, width: widthOf(heading, usual), place, at, write: cellWriter(column) };
}

/** Characters; a date that has no room is shown as ####. */
const usualWidths: Readonly<Record<string, number>> = {
  dtstring: 20,
  dtmemo: 40,
  dtnote: 40,
  dtdate: 12,
  dtdatetime: 20,
  dttimestamp: 20,
};

const widthOf = (heading: string, usual: number): number =>
  Math.max(usual, Math.min(40, heading.length + 2));

/** A, …, Z, AA, … */
function letterOf(at: number): string {
  const last = String.fromCharCode(65 + (at % 26));
  return at < 26 ? last : letterOf(Math.floor(at / 26) - 1) + last;
}

/** Notes a row as the latest of its table. */
export function note(latest: LatestRow[], { place, cells }: TableRow): void {
  const known = latest[place];
  if (known === undefined) return;
  known.cells = cells;
  known.number += 1;
}
