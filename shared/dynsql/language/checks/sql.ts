/** What every piece of SQL in a definition must keep to. */

import { faultAt, notOneOf, type Path, shown } from '../../../faults/catalog-error.ts';
import { sameName } from '../../name.ts';
import { qualifiers, type Token, wordsAlone } from '../../sql/sql-tokens.ts';
import type { Dataset } from '../definition.ts';

/**
 * Faults of placeholders, of table aliases that the dataset does not declare, and of what could
 * end the statement or meet our own parameters.
 */
export function sqlFaults(
  tokens: readonly Token[],
  path: Path,
  dataset: Dataset,
  placeholders: readonly string[],
): string[] {
  const aliases = dataset.aliases.map(({ alias }) => alias);
  const own = wordsAlone(tokens);
  const outside = tokens.filter(({ kind }) => kind === 'symbol' || kind === 'word');
  return [
    ...tokens
      .filter(({ kind }) => kind === 'placeholder')
      .filter(({ name }) => !placeholders.includes(name))
      .map(({ text }) => {
        const known = placeholders.map((name) => `{${name}}`);
        return faultAt(path, notOneOf(text, 'a placeholder here', known));
      }),
    ...[...qualifiers(tokens)]
      // Tables of a subquery have names of their own.
      .filter((name) => !own.has(name) && !aliases.some((alias) => sameName(alias, name)))
      .map((name) => faultAt(path, notOneOf(name, `an alias of ${dataset.name}`, aliases))),
    ...outside
      .filter(({ text }) => text === ';' || text.startsWith('@') || /^['"[\]]$/.test(text))
      .map(({ text }) =>
        faultAt(path, `${shown(text)} is not allowed here; use one SQL expression without it`),
      ),
  ];
}
