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

/** All of a text, in a terminal on as many lines as it takes, each as far in as the first. */
export function wrapped(text: string, terminal: Width): string[] {
  const whole = clean(text);
  if (terminal === undefined || widthOf(whole) <= terminal.columns) return [whole];
  const [indent = ''] = /^ */.exec(whole) ?? [];
  const width = terminal.columns - indent.length;
  if (width < narrowest) return [cutTo(whole, terminal.columns)];
  return broken(whole.slice(indent.length), width).map((line) => indent + line);
}

/** Text in less than that is harder to read than text that is cut. */
export const narrowest = 10;

/**
 * Lines of at most `width` columns, broken behind blanks and commas; what has none for a whole line
 * where that ends.
 */
export function broken(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  const end = () => {
    lines.push(line.trimEnd());
    line = '';
  };
  for (const word of text.split(/(?<= )(?! )|(?<=,)(?! )/)) {
    if (line !== '' && widthOf(line) + widthOf(word.trimEnd()) > width) end();
    if (widthOf(word.trimEnd()) <= width) {
      line += word;
      continue;
    }
    for (const { segment } of letters.segment(word)) {
      // A letter of several signs, each with a width of its own (notes of music), may be too wide.
      for (const part of widthOf(segment) > width ? segment : [segment]) {
        if (line !== '' && widthOf(line + part) > width) end();
        line += part;
      }
    }
  }
  if (line.trim() !== '' || lines.length === 0) end();
  return lines;
}
