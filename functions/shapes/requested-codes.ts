/** The member `code` of a request: one data source, or an array of them for one run. */

import type { Catalog } from '../../shared/catalog/index.ts';
import { show } from '../../shared/faults/show.ts';
import { type Body, fault, type Member, type Refusal } from '../../shared/http/member.ts';
import type { NamedCode } from '../../shared/http/tokens.ts';

/** `value`, when it is a code of the catalogue. */
export function knownCode(value: unknown, catalog: Pick<Catalog, 'codes'>): string | undefined {
  return typeof value === 'string' && Object.hasOwn(catalog.codes(), value) ? value : undefined;
}

/** The data sources of the request that the catalogue knows, as often as they are named. */
export function knownCodes(body: Body, catalog: Pick<Catalog, 'codes'>): NamedCode[] {
  const codes = catalog.codes();
  return members(body, codes).flatMap(({ field, value }) =>
    typeof value === 'string' && Object.hasOwn(codes, value) ? [{ code: value, field }] : [],
  );
}

/** What is wrong with the codes: one that is unknown, named twice, or none at all. */
export function checkCodes(body: Body, catalog: Pick<Catalog, 'codes'>): Refusal | undefined {
  const codes = catalog.codes();
  const all = Object.keys(codes);
  const named = members(body, codes);
  const seen = new Set<unknown>();
  const bad = named.flatMap((member) => {
    const { value } = member;
    const known = typeof value === 'string' && Object.hasOwn(codes, value);
    if (known && !seen.has(value)) {
      seen.add(value);
      return [];
    }
    const message = known ? `${value} is named twice` : undefined;
    return [{ value, error: fault(member, `one of ${all.join(', ')}`, message) }];
  });
  const [first] = bad;
  if (first === undefined) return undefined;
  const text = `Invalid code value: ${show(first.value)}.`;
  if (named.length <= all.length) return { text, errors: bad.map(({ error }) => error) };
  const code = { field: 'code', value: body.code };
  return { text, errors: [fault(code, `at most ${all.length} data sources, each once`)] };
}

/** At most one more than there are: then at least one of these is unknown or comes twice. */
function members({ code }: Body, codes: Readonly<Record<string, string>>): Member[] {
  if (!Array.isArray(code) || code.length === 0) return [{ field: 'code', value: code }];
  const first: unknown[] = code.slice(0, Object.keys(codes).length + 1);
  return first.map((value, index) => ({ field: `code[${index}]`, value }));
}
