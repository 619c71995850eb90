/** The member `code` of a request: one data source, or an array of them. */

import type { Catalog } from '../catalog/index.ts';
import { fault, type Member, type NamedCode, type Refusal } from '../faults/member.ts';
import { show } from '../faults/show.ts';

/** `value`, when it is a code of the catalogue. */
export function knownCode(value: unknown, catalog: Pick<Catalog, 'codes'>): string | undefined {
  return typeof value === 'string' && Object.hasOwn(catalog.codes(), value) ? value : undefined;
}

/** The data sources of the request that the catalogue knows, as often as they are named. */
export function knownCodes({ field, value }: Member, catalog: Pick<Catalog, 'codes'>): NamedCode[] {
  const codes = catalog.codes();
  return members(field, value, codes).flatMap((one) =>
    typeof one.value === 'string' && Object.hasOwn(codes, one.value)
      ? [{ code: one.value, field: one.field }]
      : [],
  );
}

/** What is wrong with the codes: one that is unknown, named twice, or none at all. */
export function checkCodes(
  { field, value }: Member,
  catalog: Pick<Catalog, 'codes'>,
): Refusal | undefined {
  const codes = catalog.codes();
  const all = Object.keys(codes);
  const named = members(field, value, codes);
  const seen = new Set<unknown>();
  const bad = named.flatMap((member) => {
    const known = typeof member.value === 'string' && Object.hasOwn(codes, member.value);
    if (known && !seen.has(member.value)) {
      seen.add(member.value);
      return [];
    }
    const message = known ? `${member.value} is named twice` : undefined;
    const error = fault(member, `one of ${all.join(', ')}`, message);
    return [{ value: member.value, error }];
  });
  const [first] = bad;
  if (first === undefined) return undefined;
  const text = `Invalid ${field} value: ${show(first.value)}.`;
  if (named.length <= all.length) return { text, errors: bad.map(({ error }) => error) };
  return {
    text,
    errors: [fault({ field, value }, `at most ${all.length} data sources, each once`)],
  };
}

/** At most one more than there are: then at least one of these is unknown or comes twice. */
function members(field: string, value: unknown, codes: Readonly<Record<string, string>>): Member[] {
  if (!Array.isArray(value) || value.length === 0) return [{ field, value }];
  const first: unknown[] = value.slice(0, Object.keys(codes).length + 1);
  return first.map((one, index) => ({ field: `${field}[${index}]`, value: one }));
}
