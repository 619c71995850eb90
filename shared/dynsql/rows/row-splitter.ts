/**
 * Cuts an answer `{"name": …, "items": [{…}, …]}` into the texts of its rows while it comes.
 *
 * Texts, not values: a row reaches the aggregate base letter for letter, numbers beyond a double's
 * precision included, and only one row is held at a time.
 */

import { depthLimit } from '../../json/bounds.ts';
import { RowLoadError } from './row-error.ts';

/** Letters: beyond them an answer is taken for something else. */
const longestRow = 16_000_000;
const longestFrame = 65_536;

const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;

const isOpening = (code: number) => code === 0x7b || code === 0x5b;
const isClosing = (code: number) => code === 0x7d || code === 0x5d;
const isBlank = (code: number) => code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;

export class RowSplitter {
  /** The answer without its rows. */
  #frame = '';
  /** The beginning of a row whose end has not come. */
  #row = '';
  #depth = 0;
  #inString = false;
  #escaped = false;
  #hasBlanks = false;
  #items: 'before' | 'inside' | 'after' = 'before';
  /** Whether a row, or the end, may come next. */
  #isAfterRow = false;
  #isAfterComma = false;

  /** @returns texts of the rows that end in this piece, without blanks between their members */
  push(piece: string): string[] {
    const rows: string[] = [];
    let from = 0;
    const take = (to: number) => {
      const part = piece.slice(from, to);
      from = to;
      return part;
    };
    for (let index = 0; index < piece.length; index += 1) {
      const code = piece.charCodeAt(index);
      if (this.#inString) {
        if (this.#escaped) this.#escaped = false;
        else if (code === backslash) this.#escaped = true;
        else if (code === quote) this.#inString = false;
        continue;
      }
      const isBetweenRows = this.#items === 'inside' && this.#depth === 2;
      if (isBetweenRows && code !== 0x5d) {
        this.#betweenRows(code);
        from = this.#depth === 2 ? index + 1 : index;
      } else if (code === quote) {
        this.#inString = true;
      } else if (isOpening(code)) {
        this.#depth += 1;
        if (this.#depth > depthLimit)
          throw fault(`is more than ${depthLimit} lists and objects deep`);
        if (code === 0x5b && this.#depth === 2) this.#open(take(index + 1));
      } else if (isClosing(code)) {
        this.#depth -= 1;
        if (isBetweenRows) this.#close();
        else if (this.#items === 'inside' && this.#depth === 2) {
          rows.push(this.#finished(take(index + 1)));
        }
      } else if (this.#depth > 2 && isBlank(code)) {
        this.#hasBlanks = true;
      }
    }
    const rest = piece.slice(from);
    if (this.#items === 'inside') this.#row += rest;
    else this.#frame += rest;
    if (this.#frame.length > longestFrame) throw fault('has too much beside its items');
    if (this.#row.length > longestRow) throw fault(`has a row of more than ${longestRow} letters`);
    return rows;
  }

  /** To be called when nothing more comes. */
  end(): void {
    if (this.#items === 'before') throw fault('has no items');
    if (this.#items === 'inside') throw fault('is cut off');
    try {
      JSON.parse(this.#frame);
    } catch {
      throw fault('is no JSON, or is cut off');
    }
  }

  /** A row begins, or what stands between two. */
  #betweenRows(code: number): void {
    if (isBlank(code)) return;
    if (code === comma && this.#isAfterRow) {
      this.#isAfterRow = false;
      this.#isAfterComma = true;
      return;
    }
    if (code !== 0x7b || this.#isAfterRow) throw fault('has items that are no objects');
    this.#isAfterComma = false;
    this.#hasBlanks = false;
    this.#depth += 1;
  }

  /** @param part of the frame up to an array in the outermost object */
  #open(part: string): void {
    this.#frame += part;
    const isItems = /(?<!\\)"items"\s*:\s*\[$/.test(this.#frame);
    if (this.#items === 'before' && isItems) this.#items = 'inside';
  }

  #close(): void {
    if (this.#isAfterComma) throw fault('has a comma after its last item');
    this.#items = 'after';
  }

  #finished(end: string): string {
    const row = this.#row + end;
    this.#row = '';
    this.#isAfterRow = true;
    return this.#hasBlanks ? row.replace(/("(?:[^"\\]|\\.)*")|\s+/g, '$1') : row;
  }
}

/** @param what to be read after `the answer` */
export function fault(what: string): RowLoadError {
  return new RowLoadError('answer not understood', `the answer ${what}`);
}
