/** Text in columns of a terminal: what it takes, and what is left of it in fewer. */

import stringWidth from 'string-width';

const letters = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/**
 * On one line, and nothing that moves the cursor, changes colours or turns the direction: what a
 * procedure or a server says is shown, and never obeyed.
 */
export function clean(text: string): string {
  return text
    .toWellFormed()
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .replace(/[\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069\uFEFF]/g, '');
}

export const widthOf = (text: string): number => stringWidth(text);

/** As much as goes into `width` columns, `…` in place of what does not. */
export function cutTo(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  let taken = '';
  let columns = 0;
  for (const { segment } of letters.segment(text)) {
    const next = widthOf(segment);
    if (columns + next > width - 1) break;
    taken += segment;
    columns += next;
  }
  return width > 0 ? `${taken}…` : '';
}

/** Exactly `width` columns. */
export function padTo(text: string, width: number, side: 'left' | 'right' = 'left'): string {
  const cut = cutTo(text, width);
  const blanks = ' '.repeat(Math.max(0, width - widthOf(cut)));
  return side === 'left' ? cut + blanks : blanks + cut;
}
