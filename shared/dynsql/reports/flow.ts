/**
 * Bands one below the other, page after page, each page with its headings, header and footer, and
 * with what has been summed up so far where a page ends among rows.
 */

import { cut, drawBand, heightOf, type LaidBand } from './band.ts';
import type { Alignment, LayoutDocument, PageBand } from './layout.ts';
import { filled } from './layout-template.ts';
import type { Paper } from './paper.ts';
import { pageGap, styles } from './style.ts';
import { words } from './words.ts';

const totalMark = '{pages}';

/** What a page that ends here says at its end, and the next one at its beginning. */
export interface Carry {
  /** How many of the open headings are above what is carried. */
  readonly headings: number;
  /** More than it takes of a page's height, in points. */
  readonly most: number;
  forward(): LaidBand[];
  brought(): LaidBand[];
}

/** Bands that stay on one page. */
interface Unit {
  readonly bands: LaidBand[];
  /** Those of a page that it begins. */
  readonly headings: readonly LaidBand[];
  /** Of a page that ends behind it. */
  carry: Carry | undefined;
}

export class Flow {
  readonly paper: Paper;
  readonly #header: PageBand;
  readonly #footer: PageBand;
  readonly #texts: Readonly<Record<string, string>>;
  readonly #bottom: number;
  /** Drawn again at the top of each page, the outermost first. */
  #headings: readonly LaidBand[] = [];
  /** Those not put so far: they stand on the page of what comes below them. */
  #waiting: LaidBand[] = [];
  /** Not drawn so far, since what comes next may have to stand on the same page. */
  #held: Unit | undefined;
  /** Of what was drawn last. */
  #carry: Carry | undefined;
  /** Upper edge of what comes next. */
  #y = 0;
  /** The same of the page's first band that is no heading. */
  #first = 0;

  /** @param texts what stands for the names in a page's header and footer */
  constructor(paper: Paper, layout: LayoutDocument, texts: Readonly<Record<string, string>>) {
    this.paper = paper;
    this.#header = layout.header;
    this.#footer = layout.footer ?? { center: words[layout.language].footer };
    this.#texts = texts;
    this.#bottom = paper.height - paper.margin - this.#heightOf(this.#footer);
    this.#newPage([]);
  }

  /**
   * Puts a band below the last one; where it does not fit it begins a page, and only what is higher
   * than a page is divided.
   *
   * @param carry of a page that ends behind the band
   */
  put(band: LaidBand, carry?: Carry): void {
    this.#flush();
    this.#held = { bands: [...this.#waiting, band], headings: this.#headings, carry };
    this.#waiting = [];
  }

  /** Puts a band on the page of the last one. */
  putWithLast(band: LaidBand, carry?: Carry): void {
    if (this.#held === undefined) {
      this.put(band, carry);
      return;
    }
    this.#held.bands.push(...this.#waiting, band);
    this.#held.carry = carry;
    this.#waiting = [];
  }

  /** Changes what a page says that ends behind the last band. */
  carry(carry: Carry | undefined): void {
    if (this.#held !== undefined) this.#held.carry = carry;
  }

  /** A band above the next one, and at the top of each page until `endHeading`. */
  beginHeading(band: LaidBand): void {
    this.#waiting.push(band);
    this.#headings = [...this.#headings, band];
  }

  /** How many headings are open. */
  get headings(): number {
    return this.#headings.length;
  }

  /** Ends the innermost heading. */
  endHeading(): void {
    const ended = this.#headings.at(-1);
    this.#headings = this.#headings.slice(0, -1);
    this.#waiting = this.#waiting.filter((waiting) => waiting !== ended);
  }

  /** Draws what is left. */
  end(): void {
    this.#flush();
  }

  /** Where what comes next begins, in points from the top of the page. */
  get top(): number {
    return this.#y;
  }

  /** What comes next is not above `y`, in points from the top of the page. */
  notAbove(y: number): void {
    this.#flush();
    this.#y = Math.max(this.#y, y);
  }

  #flush(): void {
    const unit = this.#held;
    if (unit === undefined) return;
    this.#held = undefined;
    let { bands } = unit;
    if (!this.#fits(bands, unit.carry) && this.#y > this.#first) {
      const drawn = this.#turnPage(unit.headings);
      bands = bands.filter((band) => !drawn.has(band));
    }
    if (this.#fits(bands, unit.carry)) {
      this.#drawAll(bands);
    } else {
      this.#putEach(bands, unit);
    }
    this.#carry = unit.carry;
  }

  #fits(bands: readonly LaidBand[], carry: Carry | undefined): boolean {
    const end = this.#y + heightOfAll(bands);
    // Laying out what may not be needed would take as long as the rows do.
    if (carry === undefined || end + carry.most <= this.#bottom) return end <= this.#bottom;
    return end + heightOfAll(carry.forward()) <= this.#bottom;
  }

  /** Bands that are too high together. */
  #putEach(bands: readonly LaidBand[], { headings, carry }: Unit): void {
    bands.forEach((band, index) => {
      // One that is followed by another is its heading, or a row that what follows belongs to.
      const together = index < bands.length - 1 ? bands.slice(index, index + 2) : [band];
      if (!this.#fits(together, carry) && this.#y > this.#first) this.#newPage(headings);
      this.#divide(band, headings);
    });
  }

  #divide(band: LaidBand, headings: readonly LaidBand[]): void {
    for (let from = 0; from < band.lineCount; ) {
      if (from > 0) this.#newPage(headings);
      const room = this.#bottom - this.#y - heightOf(band, 0);
      const fitting = Math.max(1, Math.floor((room + 1e-6) / band.lineHeight));
      const count = Math.min(fitting, band.lineCount - from);
      this.#draw(band, from, count);
      from += count;
    }
  }

  #drawAll(bands: readonly LaidBand[]): void {
    for (const band of bands) this.#draw(band, 0, band.lineCount);
  }

  #draw(band: LaidBand, from: number, count: number): void {
    drawBand(this.paper, band, this.#y, from, count);
    this.#y += heightOf(band, count);
  }

  /** Ends a page among rows, and begins the next one. @returns the headings that it has */
  #turnPage(headings: readonly LaidBand[]): ReadonlySet<LaidBand> {
    const carry = this.#carry;
    const forward = carry?.forward() ?? [];
    if (this.#y + heightOfAll(forward) <= this.#bottom) this.#drawAll(forward);
    return this.#newPage(headings, carry);
  }

  /** Begins a page. @returns the headings that it has */
  #newPage(headings: readonly LaidBand[], carry?: Carry): ReadonlySet<LaidBand> {
    const { paper } = this;
    paper.newPage();
    this.#pageBand(this.#header, paper.margin);
    this.#pageBand(this.#footer, paper.height - paper.margin - paper.lineHeight(styles.page));
    const top = paper.margin + this.#heightOf(this.#header);
    this.#y = top;
    const drawn = new Set<LaidBand>();
    const bring = (place: number) => {
      if (place === carry?.headings) this.#drawAll(carry.brought());
    };
    for (const [place, heading] of headings.entries()) {
      bring(place);
      const height = heightOf(heading, heading.lineCount);
      // Headings that leave no room for rows are seen once, where they belong.
      if (this.#y - top + height > (this.#bottom - top) / 2) continue;
      this.#draw(heading, 0, heading.lineCount);
      drawn.add(heading);
    }
    bring(headings.length);
    this.#first = this.#y;
    return drawn;
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
    const widthOf = (part: string) => this.paper.textWidth(part, styles.page);
    for (const [align, x] of places) {
      const template = band[align];
      if (template === undefined) continue;
      const spot = { x, y, align };
      const hasTotal = template.endsWith(totalMark);
      const whole = this.#pageText(hasTotal ? template.slice(0, -totalMark.length) : template);
      const text = cut(whole, room, widthOf);
      if (hasTotal) this.paper.textAndTotal(text, spot);
      else this.paper.text(text, styles.page, spot);
    }
  }

  #pageText(template: string): string {
    return filled(template, ({ name }) =>
      name === 'page' ? String(this.paper.pages) : (this.#texts[name] ?? ''),
    );
  }
}

const heightOfAll = (bands: readonly LaidBand[]): number =>
  bands.reduce((sum, band) => sum + heightOf(band, band.lineCount), 0);
