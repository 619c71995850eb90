import { syntaxFault } from '../json/syntax.ts';
import { CatalogError } from './catalog-error.ts';

/**
 * The value of a JSON text, which may begin with a byte order mark.
 *
 * @param from names where it came from, for the fault
 * @throws CatalogError with line and column
 */
export function parseJsonText(text: string, from?: string): unknown {
  const json = text.replace(/^\uFEFF/, '');
  const fault = syntaxFault(json);
  if (fault !== undefined) throw new CatalogError([fault], from);
  return JSON.parse(json);
}
