import { CompanyError } from './errors.ts';
import type { ListQuery } from './types.ts';

/**
 * Reads `limit`, `start`, `order` (may repeat), `sort` with `dir`, `detail`, `relations`,
 * `add-row-count`, `no-ext-ids` and `filtrovat-platnost`; others are ignored. `filter` counts in
 * the body of a query only: in a URL a real server ignores it.
 * @param parameters URLSearchParams or the entries of a body
 * @throws CompanyError 400 when a value is not what FlexiBee takes
 */
export function listQuery(
  parameters: Iterable<readonly [string, unknown]>,
  source: 'url' | 'body' = 'url',
): ListQuery {
  const query: ListQuery = {};
  const order: string[] = [];
  let sort: string | undefined;
  let dir = '';
  for (const [name, value] of parameters) {
    if (name === 'limit') query.limit = wholeNumber(name, value);
    else if (name === 'start') query.start = wholeNumber(name, value);
    else if (name === 'order') order.push(...[value].flat().map(String));
    else if (name === 'sort') sort = String(value);
    else if (name === 'dir') dir = String(value);
    else if (name === 'detail') query.detail = String(value);
    else if (name === 'relations') query.relations = String(value).split(',');
    else if (name === 'filter' && source === 'body') query.filter = String(value);
    else if (name === 'add-row-count') query.rowCount = isTrue(value);
    else if (name === 'no-ext-ids') query.externalIds = !isTrue(value);
    else if (name === 'filtrovat-platnost') query.validityFilter = isTrue(value);
  }
  if (sort !== undefined) order.push(`${sort}@${dir.toUpperCase() === 'DESC' ? 'A' : 'D'}`);
  if (order.length > 0) query.order = order;
  return query;
}

function wholeNumber(name: string, value: unknown): number {
  const text = String(value);
  if (!/^\d{1,15}$/.test(text)) {
    throw new CompanyError(400, `Parametr '${name}' musí být nezáporné celé číslo: '${text}'`);
  }
  return Number(text);
}

const isTrue = (value: unknown): boolean => /^(true|1|)$/i.test(String(value));
