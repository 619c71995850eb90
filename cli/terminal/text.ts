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

type Width = { readonly columns: number } | undefined;

/** A line of its own, of which no more is shown than goes into a terminal; whole elsewhere. */
export function fitted(line: string, terminal: Width): string {
  return terminal === undefined ? clean(line) : cutTo(clean(line), terminal.columns);
}

/**
 * All of a text, in a terminal on as many lines as it takes, broken between words and each as far in
 * as the first. What has no blank for a whole line is broken where that ends.
 */
export function wrapped(text: string, terminal: Width): string[] {
  const whole = clean(text);
  if (terminal === undefined || widthOf(whole) <= terminal.columns) return [whole];
  const [indent = ''] = /^ */.exec(whole) ?? [];
  const lines: string[] = [];
  let line = indent;
  const end = () => {
    lines.push(line.trimEnd());
    line = indent;
  };
  for (const word of whole.slice(indent.length).split(' ')) {
    if (line.length > indent.length && widthOf(line) + widthOf(word) > terminal.columns) end();
    for (const { segment } of letters.segment(word)) {
      if (widthOf(line) + widthOf(segment) > terminal.columns && line.length > indent.length) end();
      line += segment;
    }
    line += ' ';
  }
  if (line.trim() !== '') end();
  return lines;
}
