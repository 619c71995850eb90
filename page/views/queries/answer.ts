/** Rows as the API sends them: read as far as the page keeps them, numbers with all their digits. */

/** What a value is in an answer: a number is the text that was sent, digit for digit. */
export type Cell = string | boolean | null;

export interface Row {
  readonly [key: string]: Cell | readonly NestedRows[] | undefined;
  readonly datasets?: readonly NestedRows[];
}

export interface NestedRows {
  readonly name: string;
  readonly items: readonly Row[];
}

/** Rows that are asked for, and read, at once. */
export const pageRows = 200;

export interface Answer {
  /** Of `pageRows` rows each, as it was sent: `rowsOf` reads it once somebody looks at it. */
  pages: readonly string[];
  /** Rows of all pages. */
  length: number;
  /** Of the root, however few are shown. */
  count: number | undefined;
  /** Where the page after this one begins. */
  next: string | undefined;
  /** More was sent than the page keeps. */
  isCut: boolean;
}

/**
 * Cuts an answer into pages while it comes: the whole of a large one would be more than can be read
 * at once.
 *
 * @param mostLetters beyond which no more is read: the server ends its query then
 */
export async function readAnswer(
  stream: ReadableStream<Uint8Array>,
  mostLetters: number,
): Promise<Answer> {
  const cutter = new Cutter();
  const decoder = new TextDecoder();
  const reader = stream.getReader();
  let letters = 0;
  let isCut = false;
  for (;;) {
    const { done, value } = await reader.read();
    const piece = decoder.decode(value, { stream: !done });
    cutter.push(piece);
    if (done) break;
    letters += piece.length;
    if (letters > mostLetters) {
      isCut = true;
      await reader.cancel();
      break;
    }
  }
  const { count, next } = parsed(cutter.end(isCut)) as { count?: string; next?: string };
  const { pages, length } = cutter;
  return { pages, length, count: count === undefined ? undefined : Number(count), next, isCut };
}

/** The rows of a page of an answer. */
export const rowsOf = (page: string): readonly Row[] => parsed(`[${page}]`) as Row[];

function parsed(text: string): unknown {
  return JSON.parse(text, ((_key: string, value: unknown, context?: { source?: string }) =>
    typeof value === 'number' ? (context?.source ?? String(value)) : value) as (
    key: string,
    value: unknown,
  ) => unknown);
}

const quote = 0x22;
const comma = 0x2c;
const backslash = 0x5c;
const opensList = 0x5b;
const isOpening = (code: number) => code === 0x7b || code === opensList;
const isClosing = (code: number) => code === 0x7d || code === 0x5d;

/** Of `{"name": …, "items": [{…}, …], …}`: the first list of the outermost object has the rows. */
class Cutter {
  readonly pages: string[] = [];
  length = 0;
  /** What stands before the rows, and behind them. */
  #head = '';
  #tail = '';
  /** Of the page that is not full yet: what came of it before this piece. */
  #page = '';
  #pageLength = 0;
  /** Letters of it up to the end of its last whole row. */
  #wholeTo = 0;
  #place: 'before' | 'inside' | 'after' = 'before';
  #depth = 0;
  #isText = false;
  #isEscaped = false;

  push(piece: string): void {
    let from = 0;
    for (let at = 0; at < piece.length; at += 1) {
      const code = piece.charCodeAt(at);
      if (this.#isText) this.#inText(code);
      else if (code === quote) this.#isText = true;
      else if (isOpening(code)) {
        this.#depth += 1;
        if (code !== opensList || this.#depth !== 2 || this.#place !== 'before') continue;
        this.#head += piece.slice(from, at + 1);
        this.#place = 'inside';
        from = at + 1;
      } else if (isClosing(code)) {
        this.#depth -= 1;
        if (this.#place !== 'inside') continue;
        if (this.#depth === 2) {
          this.#pageLength += 1;
          this.#wholeTo = this.#page.length + at + 1 - from;
          if (this.#pageLength < pageRows) continue;
          this.#page += piece.slice(from, at + 1);
          this.#endPage();
          from = at + 1;
        } else if (this.#depth === 1) {
          this.#page += piece.slice(from, at);
          this.#endPage();
          this.#place = 'after';
          from = at;
        }
      } else if (code === comma && this.#depth === 2 && this.#pageLength === 0) from = at + 1;
    }
    const rest = piece.slice(from);
    if (this.#place === 'inside') this.#page += rest;
    else if (this.#place === 'before') this.#head += rest;
    else this.#tail += rest;
  }

  /** @returns JSON of what stands beside the rows. @param isCut no more is to come of it */
  end(isCut: boolean): string {
    if (!isCut) return this.#head + this.#tail;
    this.#endPage();
    return this.#place === 'before' ? '{}' : `${this.#head}]}`;
  }

  #inText(code: number): void {
    if (this.#isEscaped) this.#isEscaped = false;
    else if (code === backslash) this.#isEscaped = true;
    else if (code === quote) this.#isText = false;
  }

  #endPage(): void {
    if (this.#pageLength > 0) this.pages.push(this.#page.slice(0, this.#wholeTo));
    this.length += this.#pageLength;
    this.#page = '';
    this.#pageLength = 0;
  }
}
