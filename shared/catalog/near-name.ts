/** The fewest single-character insertions, deletions and replacements between two words. */
function distance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [row, letter] of [...a].entries()) {
    const current = [row + 1];
    for (const [column, other] of [...b].entries()) {
      const replaced = (previous[column] ?? 0) + (letter === other ? 0 : 1);
      const deleted = (previous[column + 1] ?? 0) + 1;
      const inserted = (current[column] ?? 0) + 1;
      current.push(Math.min(replaced, deleted, inserted));
    }
    previous = current;
  }
  return previous.at(-1) ?? 0;
}

/**
 * ` (did you mean hcs?)` where one of `names` differs from `value` by a slip of the keyboard: the
 * case of letters, or one letter in three (at least one). Empty otherwise.
 */
export function didYouMean(value: unknown, names: readonly string[]): string {
  if (typeof value !== 'string' || value.length === 0 || value.length > 128) return '';
  const near = names
    .map((name) => ({ name, apart: distance(value.toLowerCase(), name.toLowerCase()) }))
    .filter(({ name, apart }) => apart <= Math.max(1, Math.floor(name.length / 3)))
    .sort((a, b) => a.apart - b.apart)[0];
  return near === undefined || near.name === value ? '' : ` (did you mean ${near.name}?)`;
}
