/**
 * @param done from 0 to 1; undefined: nobody knows
 * @param isUnicode whether the terminal shows more than ASCII
 * @returns exactly `width` columns
 */
export function bar(done: number | undefined, width: number, isUnicode: boolean): string {
  const [full, empty, unknown] = isUnicode ? ['█', '░', '·'] : ['#', '-', '.'];
  if (done === undefined || Number.isNaN(done)) return unknown.repeat(width);
  // Full is what is over, and nothing else.
  const filled = done >= 1 ? width : Math.min(width - 1, Math.floor(Math.max(0, done) * width));
  return full.repeat(Math.max(0, filled)) + empty.repeat(width - Math.max(0, filled));
}
