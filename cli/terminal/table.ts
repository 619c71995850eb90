/** Rows in columns that stand below each other. */

import { broken, clean, cutTo, narrowest, padTo, widthOf } from './text.ts';

const gap = '  ';

/**
 * Each column is as wide as its longest text. Where the terminal is narrower the last column that
 * has a text gives way first, down to ten, then the one before it. The last goes on below itself,
 * the others are cut.
 *
 * @param width of the terminal; undefined: nothing is cut, for whoever reads on
 * @param right columns that stand at their right edge, as numbers do
 */
export function table(
  rows: readonly (readonly string[])[],
  width: number | undefined,
  right: readonly number[] = [],
): string[] {
  return tableRows(rows, width, right).flat();
}

/** The same, each row by itself: one line, or more. */
export function tableRows(
  rows: readonly (readonly string[])[],
  width: number | undefined,
  right: readonly number[] = [],
): string[][] {
  const cells = rows.map((row) => row.map(clean));
  const count = Math.max(0, ...cells.map((row) => row.length));
  const widths = Array.from({ length: count }, (_, column) =>
    Math.max(0, ...cells.map((row) => widthOf(row[column] ?? ''))),
  );
  if (width !== undefined) narrow(widths, width);
  const last = widths.findLastIndex((one) => one !== 0);
  const lineOf = (row: readonly string[]) => {
    const line = row.map((cell, column) =>
      padTo(cell, widths[column] ?? 0, right.includes(column) ? 'right' : 'left'),
    );
    const whole = line.filter((_, column) => widths[column] !== 0).join(gap);
    return (width === undefined ? whole : cutTo(whole, width)).trimEnd();
  };
  return cells.map((row) => {
    if (row.length <= last || width === undefined) return [lineOf(row)];
    const [first = '', ...more] = broken(row[last] ?? '', Math.max(1, widths[last] ?? 0));
    const rest = more.map((text) => row.map((_, column) => (column === last ? text : '')));
    return [row.with(last, first), ...rest].map(lineOf);
  });
}

function narrow(widths: number[], width: number): void {
  const taken = () => widths.reduce((sum, one) => sum + one, 0) + gap.length * (widths.length - 1);
  for (let column = widths.length - 1; column >= 0; column -= 1) {
    const over = taken() - width;
    if (over <= 0) return;
    const own = widths[column] ?? 0;
    widths[column] = Math.max(Math.min(own, narrowest), own - over);
  }
}
