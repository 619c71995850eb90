/**
 * Rows of a query by their place, however many there are: a page of them is asked for when it is
 * looked at, and the pages that were looked at last are kept. Pages after one another are asked for
 * by `next`, so that every row comes once whatever others write; a page that somebody jumps to by
 * `skip`.
 */

import { type Answer, pageRows, type Row, rowsOf } from './answer.ts';

const keptPages = 24;

export interface PagesOptions {
  ask(body: object, signal: AbortSignal): Promise<Answer>;
  /** The query, without what pages add to it. */
  body: Readonly<Record<string, unknown>>;
  /** Of no more rows than these. */
  top: number;
  /** False of ABRA Gen, which gives all rows at once. */
  hasPages: boolean;
  /** False where no fields tell rows apart: then all pages are asked for by `skip`. */
  hasNext: boolean;
  /** Something has come, or failed. */
  onChange(): void;
}

export class RowPages {
  readonly #options: PagesOptions;
  readonly #ended = new AbortController();
  /** By number; the ones that were looked at last stand last. */
  readonly #pages = new Map<number, readonly Row[]>();
  /** By the number of the page that it leads to. */
  readonly #next = new Map<number, string>();
  readonly #asked = new Set<number>();
  /** Of all rows that came at once, as they were sent. */
  #texts: readonly string[] = [];
  /** All rows; undefined until the first page is there. */
  total: number | undefined;
  isCut = false;
  failure: unknown;

  constructor(options: PagesOptions) {
    this.#options = options;
  }

  /** @throws what `ask` does */
  async begin(): Promise<void> {
    const { ask, body, top, hasPages } = this.#options;
    const asked = hasPages ? this.#pageBody(0, { count: true }) : body;
    const answer = await ask(asked, this.#ended.signal);
    if (hasPages) this.#keepAnswer(0, answer);
    else this.#texts = answer.pages;
    this.isCut = answer.isCut;
    this.total = Math.min(top, hasPages ? (answer.count ?? answer.length) : answer.length);
  }

  /** Undefined: it is on its way. */
  row(index: number): Row | undefined {
    return this.#page(Math.floor(index / pageRows))?.[index % pageRows];
  }

  /** Has the pages of these rows asked for, those that are not there or under way. */
  look(from: number, to: number): void {
    const first = Math.floor(from / pageRows);
    const last = Math.floor(Math.max(from, to - 1) / pageRows);
    for (let number = first; number <= last; number += 1) {
      const known = this.#page(number);
      if (known === undefined) void this.#fetch(number);
      else {
        this.#pages.delete(number);
        this.#pages.set(number, known);
      }
    }
  }

  /** Asks for what failed, once somebody says so. */
  again(): void {
    this.failure = undefined;
    this.#options.onChange();
  }

  close(): void {
    this.#ended.abort();
  }

  async #fetch(number: number): Promise<void> {
    const { ask, onChange } = this.#options;
    if (this.#asked.has(number) || this.failure !== undefined) return;
    this.#asked.add(number);
    try {
      this.#keepAnswer(number, await ask(this.#pageBody(number), this.#ended.signal));
    } catch (error) {
      if (this.#ended.signal.aborted) return;
      this.failure = error;
    } finally {
      this.#asked.delete(number);
    }
    onChange();
  }

  #pageBody(number: number, more: object = {}): object {
    const { body, top, hasNext } = this.#options;
    const left = Math.min(pageRows, top - number * pageRows);
    const known = number === 0 ? true : this.#next.get(number);
    const place = hasNext && known !== undefined ? { next: known } : { skip: number * pageRows };
    return { ...body, ...more, top: left, ...(number > 0 || hasNext ? place : {}) };
  }

  /** Read of its text where that is there. */
  #page(number: number): readonly Row[] | undefined {
    const known = this.#pages.get(number);
    const text = this.#texts[number];
    if (known !== undefined || text === undefined) return known;
    const rows = rowsOf(text);
    this.#keep(number, rows);
    return rows;
  }

  #keepAnswer(number: number, { pages: [page = ''], next }: Answer): void {
    this.#keep(number, rowsOf(page));
    if (next !== undefined) this.#next.set(number + 1, next);
  }

  #keep(number: number, rows: readonly Row[]): void {
    this.#pages.set(number, rows);
    for (const oldest of this.#pages.keys()) {
      if (this.#pages.size <= keptPages) break;
      this.#pages.delete(oldest);
    }
  }
}
