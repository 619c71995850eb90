/** Where the catalogue comes from: shipped with the app, a file, or a blob. */

import { type OpenContainer, readPlace } from '../place.ts';
import type { Catalog } from './catalog.ts';
import { parseCatalogText, shippedCatalog } from './load.ts';

/**
 * Loads and checks the catalogue that the setting CATALOG names.
 *
 * @param where file path, or `blob:<name>` in the app's container; undefined: the shipped one
 * @throws CatalogError with every fault, or an Error that says why it cannot be read
 */
export async function loadCatalog(
  where: string | undefined,
  container: OpenContainer,
  signal: AbortSignal,
): Promise<Catalog> {
  if (where === undefined) return shippedCatalog();
  const text = await readPlace('CATALOG', where, container, signal, (place) => place.text());
  return parseCatalogText(text, where);
}
