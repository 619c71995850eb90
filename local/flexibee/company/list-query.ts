import { CompanyError } from './errors.ts';
import type { ListQuery } from './types.ts';

/**
 * Reads `limit`, `start`, `order` (may repeat), `detail`, `filter`, `add-row-count`, `no-ext-ids`
 * and `filtrovat-platnost`; others are ignored. Takes URLSearchParams or the entries of a body.
 * @throws CompanyError 400 when a value is not what FlexiBee takes
 */
export function listQuery(parameters: Iterable<[string, unknown]>): ListQuery {
  const query: ListQuery & { order: string[] } = { order: [] };
  for (const [name, value] of parameters) {
    if (name === 'limit') query.limit = wholeNumber(name, value);
    else if (name === 'start') query.start = wholeNumber(name, value);
    else if (name === 'order') query.order.push(...[value].flat().map(String));
    else if (name === 'detail') query.detail = String(value);
    else if (name === 'filter') query.filter = String(value);
    else if (name === 'add-row-count') query.rowCount = isTrue(value);
    else if (name === 'no-ext-ids') query.externalIds = !isTrue(value);
    else if (name === 'filtrovat-platnost') query.validityFilter = isTrue(value);
  }
  return query;
}

function wholeNumber(name: string, value: unknown): number {
  const text = String(value);
  if (!/^\d{1,15}$/.test(text)) {
    throw new CompanyError(400, `Parametr '${name}' musí být nezáporné celé číslo: '${text}'`);
  }
  return Number(text);
}

function isTrue(value: unknown): boolean {
  const text = String(value).toLowerCase();
  return text === 'true' || text === '1' || text === '';
}
