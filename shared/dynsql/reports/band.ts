/** Bands: cells side by side, which share a height and stay together on a page if they can. */

import type { Alignment } from './layout.ts';
import type { Paint, Paper, Style } from './paper.ts';
import type { Element } from './structure.ts';
import { padding, smallestSize } from './style.ts';
import { printable, unbroken, wrapped } from './wrap.ts';

export interface Cell {
  readonly text: string;
  /** Of the left edge, and the distance to the right one; in points. */
  readonly x: number;
  readonly width: number;
  readonly align: Alignment;
  /** Room at the left edge beyond the padding, in points. */
  readonly inset?: number;
  /**
   * `whole`: on one line, smaller where it is too wide, and where it would be too small on a line of
   * its own: half a number is another number. `cut`: what one line takes. Without it: in lines.
   */
  readonly fit?: 'whole' | 'cut';
  /** Of a text in lines: smaller, down to what can be read, where a word is too wide for one. */
  readonly keepsWords?: boolean;
  /** In place of the band's. */
  readonly style?: Style;
  readonly fill?: Paint;
  /** Gray of a line along the upper edge, from the inset on. */
  readonly ruleAbove?: number;
  /** Of a table's row: what it is the heading of, and over how many columns it reaches. */
  readonly scope?: 'Column' | 'Row';
  readonly span?: number;
}

export interface Band {
  readonly cells: readonly Cell[];
  readonly style: Style;
  /** What it is: a table's row, whose cells are elements of their own, or a text. Else decoration. */
  readonly element?: Element | undefined;
  /** Empty, between the band before and this one's upper edge; in points. */
  readonly space?: number;
  /** Gray of the area behind, and of lines along its upper and lower edge. */
  readonly fill?: number;
  readonly ruleAbove?: number;
  readonly ruleBelow?: number;
}

interface LaidText {
  readonly cell: Cell;
  readonly align: Alignment;
  readonly style: Style;
  /** The band's lines above its first one. */
  readonly above: number;
  readonly lines: readonly string[];
  /** What its text belongs to. */
  readonly element?: Element | undefined;
}

/** A band with its texts in lines. */
export interface LaidBand extends Band {
  readonly texts: readonly LaidText[];
  /** The most lines that a cell has. */
  readonly lineCount: number;
  readonly lineHeight: number;
}

export function laid(band: Band, paper: Paper): LaidBand {
  const texts = band.cells.map((cell) => laidText(cell, cell.style ?? band.style, paper));
  const isTooSmall = ({ cell, style }: LaidText) =>
    cell.fit === 'whole' && style.size < smallestSize;
  const others = texts.filter((text) => !isTooSmall(text) && text.lines.join('') !== '');
  const least = texts.some(isTooSmall) ? 0 : 1;
  const taken = new TakenLines(Math.max(least, ...others.map(({ lines }) => lines.length)));
  const spread = texts.map((text) =>
    isTooSmall(text) ? onOwnLine(text, band, taken, paper) : text,
  );
  return ofElement(band.element, {
    ...band,
    texts: spread,
    lineCount: taken.count,
    lineHeight: paper.lineHeight(band.style),
  });
}

/** The band as an element of the document; of a table's row each cell is one, too. */
export function ofElement(element: Element | undefined, band: LaidBand): LaidBand {
  if (element === undefined) return band;
  const texts = band.texts.map((text) => ({ ...text, element: elementOf(text.cell, element) }));
  return { ...band, element, texts };
}

function elementOf({ scope, span }: Cell, band: Element): Element {
  if (band.type !== 'TR') return band;
  return band.child(scope === undefined ? 'TD' : 'TH', { scope, span });
}

/** Lines below those of the cells, for what is too wide for its own. */
class TakenLines {
  readonly #base: number;
  readonly #lines: (readonly [left: number, right: number])[][] = [];

  constructor(base: number) {
    this.#base = base;
  }

  get count(): number {
    return this.#base + this.#lines.length;
  }

  /** The first one with room from `left` to `right`. */
  take(left: number, right: number): number {
    const isFree = (line: readonly (readonly [number, number])[]) =>
      line.every(([from, to]) => right <= from || left >= to);
    let index = this.#lines.findIndex(isFree);
    if (index === -1) index = this.#lines.push([]) - 1;
    this.#lines[index]?.push([left, right]);
    return this.#base + index;
  }
}

const roomOf = ({ width, inset = 0 }: Cell): number => width - inset - 2 * padding.x;

function laidText(cell: Cell, style: Style, paper: Paper): LaidText {
  const room = roomOf(cell);
  const laidOut = { cell, align: cell.align, style, above: 0 };
  const widthOf = (text: string) => paper.textWidth(text, style);
  if (cell.fit === undefined) {
    const text = unbroken(cell.text);
    const size = sizeFor(text, cell.keepsWords ? /[^\s-]+/g : numbers, room, style, paper);
    const scale = size / style.size;
    const lines = wrapped(text, room, (part) => widthOf(part) * scale);
    return { ...laidOut, style: { ...style, size }, lines };
  }
  const text = printable(cell.text).replaceAll('\n', ' ');
  if (cell.fit === 'cut') return { ...laidOut, lines: [cut(text, room, widthOf)] };
  const size = style.size * Math.min(1, room / widthOf(text));
  return { ...laidOut, style: { ...style, size }, lines: [text] };
}

/** What one line takes of a text. */
export function cut(text: string, room: number, widthOf: (text: string) => number): string {
  if (widthOf(text) <= room) return text;
  return `${wrapped(text, room - widthOf('…'), widthOf)[0]?.trimEnd() ?? ''}…`;
}

/** A number within a text is not broken either, as long as it can be read. */
const numbers = /\d[\d\u00a0.,:/-]*\d/g;

/** In which no piece is wider than the room; the style's where that would be too small. */
function sizeFor(text: string, pieces: RegExp, room: number, style: Style, paper: Paper): number {
  const widths = (text.match(pieces) ?? []).map((piece) => paper.textWidth(piece, style));
  const size = style.size * Math.min(1, room / Math.max(1, ...widths));
  return size < smallestSize ? style.size : size;
}

/** Over the neighbours of its cell, to the side with more room. */
function onOwnLine(
  text: LaidText,
  { cells, style: { size } }: Band,
  taken: TakenLines,
  paper: Paper,
): LaidText {
  const { cell } = text;
  const left = Math.min(...cells.map(({ x }) => x));
  const right = Math.max(...cells.map(({ x, width }) => x + width));
  const rooms = { right: cell.x + cell.width - left, left: right - cell.x };
  const style = { ...text.style, size };
  const needed = paper.textWidth(text.lines.join(), style) + 2 * padding.x;
  const align = rooms.right >= Math.min(needed, rooms.left) ? 'right' : 'left';
  const scale = Math.min(1, rooms[align] / needed);
  const start = align === 'right' ? cell.x + cell.width - needed * scale : cell.x;
  const above = taken.take(start, start + needed * scale);
  return { ...text, align, style: { ...style, size: size * scale }, above };
}

export const heightOf = (
  { lineHeight, space = 0 }: Pick<LaidBand, 'lineHeight' | 'space'>,
  lineCount: number,
): number => space + lineCount * lineHeight + 2 * padding.y;

/** Draws `count` of a band's lines from line `from` on, its upper edge at `y`. */
export function drawBand(paper: Paper, band: LaidBand, y: number, from: number, count: number) {
  const first = band.cells[0];
  const last = band.cells.at(-1);
  if (first === undefined || last === undefined) return;
  const width = last.x + last.width - first.x;
  const top = y + (band.space ?? 0);
  const height = heightOf(band, count) - (band.space ?? 0);
  if (band.fill !== undefined) paper.fill(first.x, top, width, height, band.fill);
  for (const { cell } of band.texts) {
    if (cell.fill !== undefined) paper.fill(cell.x, top, cell.width, height, cell.fill);
    if (cell.ruleAbove === undefined) continue;
    const { x, inset = 0, ruleAbove } = cell;
    paper.rule(x + inset, top, cell.width - inset, 0.5, ruleAbove);
  }
  if (band.ruleAbove !== undefined) paper.rule(first.x, top, width, 0.5, band.ruleAbove);
  if (band.ruleBelow !== undefined) paper.rule(first.x, top + height, width, 0.5, band.ruleBelow);
  const isRepeated = band.element?.isClosed ?? true;
  for (const { cell, align, style, above, lines, element } of band.texts) {
    const x = textX(cell, align);
    // A smaller text stands on the line of its neighbours, not at their top.
    const lower = (band.lineHeight - paper.lineHeight(style)) * 0.8;
    const shown = lines.flatMap((text, index) => {
      const place = above + index - from;
      if (place < 0 || place >= count) return [];
      return [{ text, x, y: top + padding.y + place * band.lineHeight + lower, align }];
    });
    paper.lines(shown, style, isRepeated ? undefined : element);
  }
  if (isRepeated || from + count < band.lineCount) return;
  for (const { element } of band.texts) if (element !== band.element) element?.close();
  band.element?.close();
}

function textX({ x, width, inset = 0 }: Cell, align: Alignment): number {
  if (align === 'left') return x + inset + padding.x;
  if (align === 'right') return x + width - padding.x;
  return x + (width + inset) / 2;
}
