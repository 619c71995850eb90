import { quoted } from '../database.ts';
import { CompanyError } from '../errors.ts';
import { isCodeList } from '../evidence/code-lists.ts';
import { type Evidence, evidenceOf, propertyOf } from '../evidence/index.ts';

/**
 * `ORDER BY` of `nazev`, `nazev@A`, `stredisko.nazev@D`. FlexiBee means it the other way round
 * than one would think: `@A` is descending, `@D` ascending (documented, and what its PHP library
 * relies on). Without an order it is by id, documents by datVyst, the newest first, and then id.
 * Text is compared by code points: the collation of a real server is its database's.
 * @throws CompanyError 400
 */
export function orderBy(evidence: Evidence, order: readonly string[]): string {
  const terms = order.map((term) => orderTerm(evidence, term));
  if (terms.length === 0 && evidence.newestFirst === true) terms.push('t."datVyst" DESC');
  return [...terms, 't.id'].join(', ');
}

function orderTerm(evidence: Evidence, term: string): string {
  const match = /^([\w-]+)(?:\.([\w-]+))?(?:@([AD]))?$/.exec(term);
  const [, name = '', inner, direction = 'D'] = match ?? [];
  const property = propertyOf(evidence, name);
  if (property === undefined || property.unsortable === true) throw unsortable(term);
  const column = `t.${quoted(name)}`;
  const down = direction === 'A' ? ' DESC' : '';
  if (inner === undefined) {
    // A relation sorts by what it shows: its code.
    const { target } = property;
    const coded =
      target !== undefined &&
      (isCodeList(target) || propertyOf(evidenceOf(target), 'kod') !== undefined);
    return (coded ? joined(target, 'kod') : column) + down;
  }
  if (property.target === undefined) throw unsortable(term);
  const known = isCodeList(property.target)
    ? ['id', 'kod', 'nazev'].includes(inner)
    : propertyOf(evidenceOf(property.target), inner) !== undefined;
  if (!known) throw unsortable(term);
  return joined(property.target, inner) + down;

  function joined(target: string, field: string): string {
    const table = isCodeList(target) ? 'code_list' : target;
    return `(SELECT ${quoted(field)} FROM ${quoted(table)} WHERE id = ${column})`;
  }
}

const unsortable = (term: string) =>
  new CompanyError(400, `Podle vlastnosti '${term}' nelze řadit.`);
