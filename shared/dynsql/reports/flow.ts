/** Bands one below the other, page after page, each page with its headings, header and footer. */

import { drawBand, heightOf, type LaidBand } from './band.ts';
import { type Formatter, words } from './format.ts';
import type { Alignment, LayoutDocument, PageBand } from './layout.ts';
import { filled } from './layout-template.ts';
import type { Paper } from './paper.ts';
import { pageGap, styles } from './style.ts';
import { wrapped } from './wrap.ts';

const totalMark = '{pages}';

export class Flow {
  readonly paper: Paper;
  readonly #header: PageBand;
  readonly #footer: PageBand;
  readonly #texts: Readonly<Record<string, string>>;
  readonly #bottom: number;
  /** Drawn again at the top of each page, the outermost first. */
  readonly #headings: LaidBand[] = [];
  /** Those not drawn so far: they stand on the page of what comes below them. */
  #waiting: LaidBand[] = [];
  /** Upper edge of what comes next. */
  #y = 0;
  /** The same of the page's first band that is no heading. */
  #first = 0;

  constructor(paper: Paper, layout: LayoutDocument, formatter: Formatter, printed: Date) {
    this.paper = paper;
    this.#header = layout.header;
    this.#footer = layout.footer ?? { center: words[layout.language].footer };
    this.#texts = { title: layout.title, printed: formatter.text(printed, { format: 'datetime' }) };
    this.#bottom = paper.height - paper.margin - this.#heightOf(this.#footer);
  }

  /** Begins a page. */
  newPage(): void {
    const { paper } = this;
    paper.newPage();
    this.#pageBand(this.#header, paper.margin);
    this.#pageBand(this.#footer, paper.height - paper.margin - paper.lineHeight(styles.page));
    const top = paper.margin + this.#heightOf(this.#header);
    this.#y = top;
    for (const heading of this.#headings) {
      const height = heightOf(heading, heading.lineCount);
      // Headings that leave no room for rows are seen once, where they belong.
      if (this.#y - top + height > (this.#bottom - top) / 2) continue;
      this.#draw(heading, 0, heading.lineCount);
      this.#waiting = this.#waiting.filter((waiting) => waiting !== heading);
    }
    this.#first = this.#y;
  }

  /**
   * Puts a band below the last one; where it does not fit it begins a page, and only what is higher
   * than a page is divided.
   */
  put(band: LaidBand): void {
    const height = [...this.#waiting, band].reduce(
      (sum, one) => sum + heightOf(one, one.lineCount),
      0,
    );
    if (this.#y > this.#first && this.#y + height > this.#bottom) this.newPage();
    for (let heading = this.#waiting.shift(); heading; heading = this.#waiting.shift()) {
      this.#divide(heading);
    }
    this.#divide(band);
  }

  /** A band above the next one, and at the top of each page until `endHeading`. */
  beginHeading(band: LaidBand): void {
    this.#waiting.push(band);
    this.#headings.push(band);
  }

  /** Ends the innermost heading. */
  endHeading(): void {
    const ended = this.#headings.pop();
    this.#waiting = this.#waiting.filter((waiting) => waiting !== ended);
  }

  #divide(band: LaidBand): void {
    for (let from = 0; from < band.lineCount; ) {
      if (from > 0) this.newPage();
      const room = this.#bottom - this.#y - heightOf(band, 0);
      const fitting = Math.max(1, Math.floor((room + 1e-6) / band.lineHeight));
      const count = Math.min(fitting, band.lineCount - from);
      this.#draw(band, from, count);
      from += count;
    }
  }

  #draw(band: LaidBand, from: number, count: number): void {
    drawBand(this.paper, band, this.#y, from, count);
    this.#y += heightOf(band, count);
  }

  #heightOf(band: PageBand): number {
    return Object.keys(band).length === 0 ? 0 : this.paper.lineHeight(styles.page) + pageGap;
  }

  #pageBand(band: PageBand, y: number): void {
    const { margin, width } = this.paper;
    const places: readonly [Alignment, number][] = [
      ['left', margin],
      ['center', width / 2],
      ['right', width - margin],
    ];
    const room = (width - 2 * margin) / Object.keys(band).length;
    for (const [align, x] of places) {
      const template = band[align];
      if (template === undefined) continue;
      const spot = { x, y, align };
      const hasTotal = template.endsWith(totalMark);
      const whole = this.#pageText(hasTotal ? template.slice(0, -totalMark.length) : template);
      const text = this.#cut(whole, room);
      if (hasTotal) this.paper.textAndTotal(text, spot);
      else this.paper.text(text, styles.page, spot);
    }
  }

  #pageText(template: string): string {
    return filled(template, ({ name }) =>
      name === 'page' ? String(this.paper.pages) : (this.#texts[name] ?? ''),
    );
  }

  /** One line of it, so that it does not run into its neighbour. */
  #cut(text: string, room: number): string {
    const widthOf = (part: string) => this.paper.textWidth(part, styles.page);
    if (widthOf(text) <= room) return text;
    return `${wrapped(text, room - widthOf('…'), widthOf)[0] ?? ''}…`;
  }
}
