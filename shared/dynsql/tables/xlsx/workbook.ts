/**
 * An answer as a workbook (XLSX), made while it is sent: a sheet a table, of which those below the
 * root begin with the keys of the rows that theirs are below of.
 *
 * Sheets of an archive come one after the other, rows of all tables as they come: the root's are
 * sent at once, others wait in files until the root is whole.
 */

import type { TableAnswer, TableRow } from '../table.ts';
import { SheetNames } from './names.ts';
import { firstParts, lastParts, sheetEnd, sheetPath } from './parts.ts';
import { type LatestRow, note, SheetRows } from './sheet-rows.ts';
import { Spool, SpoolRoom } from './spool.ts';
import { type ZipPart, zipped } from './zip.ts';

export interface WorkbookLimits {
  /** Rows of a sheet, its head among them; what is beyond goes on in another one. */
  rows?: number;
  /** Bytes of a sheet before it is compressed: an archive of the usual form has room for 4 GB. */
  bytes?: number;
  /** Bytes of all that waits in files. */
  spooled?: number;
}

const mostRows = 1_048_576;
const mostBytes = 4_000_000_000;
/** Characters, as of other pieces. */
const chunkLength = 65_536;

/** @throws SpoolFullError, or what the answer's rows do */
export async function* workbookPieces(
  answer: Pick<TableAnswer, 'tables' | 'rows'>,
  limits: WorkbookLimits = {},
): AsyncGenerator<Uint8Array, void, undefined> {
  const workbook = new Workbook(answer, limits);
  try {
    // What fails before the first rows fails before anything is sent.
    await workbook.fetch();
    yield* zipped(workbook.parts());
  } finally {
    await workbook.close();
  }
}

/** A sheet whose rows wait in a file. */
interface WaitingSheet {
  spool: Spool;
  rows: number;
  bytes: number;
  /** What is not in the file yet. */
  text: string;
}

class Workbook {
  readonly #answer: Pick<TableAnswer, 'tables' | 'rows'>;
  readonly #sheets: readonly SheetRows[];
  readonly #latest: LatestRow[];
  /** Of each table, in their order. */
  readonly #waiting: readonly WaitingSheet[][];
  readonly #room: SpoolRoom;
  readonly #rows: number;
  readonly #bytes: number;
  readonly #names = new SheetNames();
  readonly #named: string[] = [];
  #batch: readonly TableRow[] = [];
  #at = 0;
  #hasEnded = false;

  constructor(answer: Pick<TableAnswer, 'tables' | 'rows'>, limits: WorkbookLimits) {
    this.#answer = answer;
    this.#sheets = answer.tables.map((_, place) => new SheetRows(answer.tables, place));
    this.#latest = answer.tables.map(() => ({ cells: [], number: 0 }));
    this.#waiting = answer.tables.map(() => []);
    this.#room = new SpoolRoom(limits.spooled);
    this.#rows = limits.rows ?? mostRows;
    this.#bytes = limits.bytes ?? mostBytes;
  }

  async fetch(): Promise<void> {
    const { done, value } = await this.#answer.rows.next();
    this.#hasEnded = done === true;
    this.#batch = value ?? [];
    this.#at = 0;
  }

  async *parts(): AsyncGenerator<ZipPart, void, undefined> {
    yield* firstParts.map(partOf);
    for (let nth = 1; nth === 1 || !this.#hasEnded; nth += 1) {
      yield this.#sheet(0, nth, this.#rootSheet());
    }
    for (const [place, waiting] of this.#waiting.entries()) {
      if (place === 0) continue;
      for (const [index, sheet] of waiting.entries()) {
        yield this.#sheet(place, index + 1, this.#waited(sheet));
      }
      const head = this.#sheets[place]?.head ?? '';
      if (waiting.length === 0) yield this.#sheet(place, 1, pieces(head + sheetEnd));
    }
    yield* lastParts(this.#named).map(partOf);
  }

  async close(): Promise<void> {
    await this.#answer.rows.return();
    for (const { spool } of this.#waiting.flat()) await spool.close();
  }

  #sheet(place: number, nth: number, content: ZipPart['content']): ZipPart {
    const path = sheetPath(this.#named.length);
    this.#named.push(this.#names.next(this.#answer.tables[place]?.dataset ?? '', nth));
    return { path, content };
  }

  /** The root's rows until they end, or the sheet is full. */
  async *#rootSheet(): AsyncGenerator<Uint8Array, void, undefined> {
    const sheet = this.#sheets[0];
    let text = sheet?.head ?? '';
    let [rows, bytes] = [1, 0];
    const take = () => {
      const piece = Buffer.from(text);
      bytes += piece.length;
      text = '';
      return piece;
    };
    for (;;) {
      for (; this.#at < this.#batch.length; this.#at += 1) {
        const row = this.#batch[this.#at];
        if (row === undefined) break;
        const isRoot = row.place === 0;
        if (isRoot && (rows >= this.#rows || bytes >= this.#bytes)) {
          yield Buffer.from(text + sheetEnd);
          return;
        }
        note(this.#latest, row);
        if (isRoot) {
          rows += 1;
          text += sheet?.row(rows, this.#latest) ?? '';
        } else await this.#keep(row.place);
        if (text.length >= chunkLength) yield take();
      }
      if (this.#hasEnded) break;
      await this.fetch();
    }
    yield Buffer.from(text + sheetEnd);
  }

  /** Puts the latest row of a table below the root where it waits. */
  async #keep(place: number): Promise<void> {
    const writer = this.#sheets[place];
    const sheets = this.#waiting[place];
    if (writer === undefined || sheets === undefined) return;
    let sheet = sheets.at(-1);
    if (sheet === undefined || sheet.rows >= this.#rows || sheet.bytes >= this.#bytes) {
      if (sheet !== undefined) await written(sheet);
      sheet = { spool: await Spool.open(this.#room), rows: 1, bytes: 0, text: writer.head };
      sheets.push(sheet);
    }
    sheet.rows += 1;
    sheet.text += writer.row(sheet.rows, this.#latest);
    if (sheet.text.length >= chunkLength) await written(sheet);
  }

  async *#waited(sheet: WaitingSheet): AsyncGenerator<Uint8Array, void, undefined> {
    sheet.text += sheetEnd;
    await written(sheet);
    yield* sheet.spool.read();
    await sheet.spool.close();
  }
}

async function written(sheet: WaitingSheet): Promise<void> {
  const { text } = sheet;
  sheet.text = '';
  sheet.bytes += Buffer.byteLength(text);
  await sheet.spool.write(text);
}

const partOf = ({ path, xml }: { path: string; xml: string }): ZipPart => ({
  path,
  content: pieces(xml),
});

async function* pieces(text: string): AsyncGenerator<Uint8Array, void, undefined> {
  yield Buffer.from(text);
}
