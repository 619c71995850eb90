/** Names of sheets: at most 31 characters, without some, each once without regard to case. */

const longest = 31;

export class SheetNames {
  readonly #taken = new Set<string>();

  /** @param nth from 1: sheets of one table after the first have it behind their name */
  next(dataset: string, nth: number): string {
    const clean = dataset.replaceAll(/[[\]:*?/\\]/g, '_').replaceAll(/^'|'$/g, '_') || '_';
    // Excel keeps this one for itself.
    const base = clean.toLowerCase() === 'history' ? `${clean}_` : clean;
    for (let count = nth; ; count += 1) {
      const suffix = count === 1 ? '' : ` (${count})`;
      const name = cut(base, longest - suffix.length) + suffix;
      if (this.#taken.has(name.toLowerCase())) continue;
      this.#taken.add(name.toLowerCase());
      return name;
    }
  }
}

/** Not within a pair of surrogates. */
const cut = (text: string, length: number): string =>
  text.slice(0, length).replace(/[\ud800-\udbff]$/, '');
