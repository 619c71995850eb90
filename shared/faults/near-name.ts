/** Names that somebody may have meant. */

/**
 * The fewest slips between two words: letters put in, left out, replaced, or two neighbours
 * exchanged (optimal string alignment). `rows[i][j]` is that of their first i and j letters. A start
 * compares every variable with every setting that is not set, so it ends where there are too many.
 *
 * @returns `most` + 1 where there are more than `most`
 */
function distance(a: string, b: string, most: number): number {
  const rows: number[][] = [];
  const at = (i: number, j: number) => rows[i]?.[j] ?? most + 1;
  for (let i = 0; i <= a.length; i++) {
    const row: number[] = [];
    rows.push(row);
    // Beyond these the lengths alone differ by more.
    for (let j = Math.max(0, i - most); j <= Math.min(b.length, i + most); j++) {
      if (i === 0 || j === 0) {
        row[j] = i + j;
        continue;
      }
      const replaced = at(i - 1, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const exchanged = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swapped = exchanged ? at(i - 2, j - 2) + 1 : replaced;
      row[j] = Math.min(replaced, at(i - 1, j) + 1, at(i, j - 1) + 1, swapped);
    }
    // Those of more letters are no fewer; an exchange costs as much as the replacement between.
    if (!row.some((slips) => slips <= most)) return most + 1;
  }
  return Math.min(at(a.length, b.length), most + 1);
}

/** The one of `names` that `value` is nearest to, in any case of letters, within `slips` of it. */
export function nearest<Name extends string>(
  value: string,
  names: readonly Name[],
  slips: (name: string) => number,
): Name | undefined {
  if (value.length === 0 || value.length > 128) return undefined;
  const given = value.toLowerCase();
  return names
    .flatMap((name) => {
      const other = name.toLowerCase();
      const most = slips(name);
      // Each slip makes one letter's difference in length: most names are told by that alone.
      if (Math.abs(other.length - given.length) > most) return [];
      const apart = distance(given, other, most);
      // Of one letter that is another nothing is left.
      return apart <= most && apart < Math.max(name.length, value.length) ? [{ name, apart }] : [];
    })
    .sort((a, b) => a.apart - b.apart)[0]?.name;
}

/**
 * ` (did you mean hcs?)` where one of `names` differs from `value` by a slip of the keyboard: the
 * case of letters, or one letter in three (at least one). Of several words each must be near: the
 * last day is not the first. Empty otherwise.
 */
export function didYouMean(value: unknown, names: readonly string[]): string {
  const near = nearName(value, names);
  return near === undefined || near === value ? '' : ` (did you mean ${near}?)`;
}

/** That name itself; undefined where none is near. */
export function nearName<Name extends string>(
  value: unknown,
  names: readonly Name[],
): Name | undefined {
  if (typeof value !== 'string') return undefined;
  const near = nearest(value, names, slipsIn);
  return near !== undefined && haveNearWords(value, near) ? near : undefined;
}

const slipsIn = (name: string) => Math.max(1, Math.floor(name.length / 3));

function haveNearWords(value: string, name: string): boolean {
  const [given, words] = [value, name].map((text) => text.split(' '));
  if (given === undefined || words?.length !== given.length) return !name.includes(' ');
  return words.every((word, at) => nearest(given[at] ?? '', [word], slipsIn) !== undefined);
}
