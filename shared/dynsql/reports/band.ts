/** Bands: cells side by side, which share a height and stay together on a page if they can. */

import type { Alignment } from './layout.ts';
import type { Paper, Style } from './paper.ts';
import { padding } from './style.ts';
import { printable, wrapped } from './wrap.ts';

export interface Cell {
  readonly text: string;
  /** Of the left edge, and the distance to the right one; in points. */
  readonly x: number;
  readonly width: number;
  readonly align: Alignment;
  /** On one line, smaller where it is too wide: half a number is another number. */
  readonly isWhole?: boolean;
}

export interface Band {
  readonly cells: readonly Cell[];
  readonly style: Style;
  /** Gray of the area behind, and of lines along its upper and lower edge. */
  readonly fill?: number;
  readonly ruleAbove?: number;
  readonly ruleBelow?: number;
}

/** A band with its texts in lines. */
export interface LaidBand extends Band {
  readonly texts: readonly { readonly cell: Cell; readonly style: Style; lines: string[] }[];
  /** The most lines that a cell has. */
  readonly lineCount: number;
  readonly lineHeight: number;
}

export function laid(band: Band, paper: Paper): LaidBand {
  const { style } = band;
  const texts = band.cells.map((cell) => {
    const room = cell.width - 2 * padding.x;
    if (cell.isWhole) {
      const text = printable(cell.text).replaceAll('\n', ' ');
      const size = style.size * Math.min(1, room / paper.textWidth(text, style));
      return { cell, style: { ...style, size }, lines: [text] };
    }
    const widthOf = (text: string) => paper.textWidth(text, style);
    return { cell, style, lines: wrapped(cell.text, room, widthOf) };
  });
  const lineCount = texts.reduce((most, { lines }) => Math.max(most, lines.length), 1);
  return { ...band, texts, lineCount, lineHeight: paper.lineHeight(style) };
}

export const heightOf = ({ lineHeight }: LaidBand, lineCount: number): number =>
  lineCount * lineHeight + 2 * padding.y;

/** Draws `count` of a band's lines from line `from` on, its upper edge at `y`. */
export function drawBand(paper: Paper, band: LaidBand, y: number, from: number, count: number) {
  const first = band.cells[0];
  const last = band.cells.at(-1);
  if (first === undefined || last === undefined) return;
  const width = last.x + last.width - first.x;
  const height = heightOf(band, count);
  if (band.fill !== undefined) paper.fill(first.x, y, width, height, band.fill);
  if (band.ruleAbove !== undefined) paper.rule(first.x, y, width, 0.5, band.ruleAbove);
  if (band.ruleBelow !== undefined) paper.rule(first.x, y + height, width, 0.5, band.ruleBelow);
  for (const { cell, style, lines } of band.texts) {
    const x = textX(cell);
    // A smaller text stands on the line of its neighbours, not at their top.
    const lower = (band.lineHeight - paper.lineHeight(style)) * 0.8;
    lines.slice(from, from + count).forEach((line, index) => {
      const top = y + padding.y + index * band.lineHeight + lower;
      paper.text(line, style, { x, y: top, align: cell.align });
    });
  }
}

function textX({ x, width, align }: Cell): number {
  if (align === 'left') return x + padding.x;
  return align === 'right' ? x + width - padding.x : x + width / 2;
}
