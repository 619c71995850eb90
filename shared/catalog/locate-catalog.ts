/** Where the catalogue comes from: shipped with the app, a file, or a blob. */

import { type KeepGood, type OpenContainer, type Place, readPlace } from '../storage/place.ts';
import type { Tell } from '../storage/tell.ts';
import type { Catalog } from './catalog.ts';
import { parseCatalogText, shippedCatalog } from './read-catalog.ts';

/**
 * Loads and checks the catalogue that the setting CATALOG names.
 *
 * @param where file path, or `blob:<name>` in the app's container; undefined: the shipped one
 * @param tell hears of a blob that is damaged, where the last good one is used
 * @param later as of `readPlace`
 * @throws CatalogError with every fault, or an Error that says why it cannot be read
 */
export async function loadCatalog(
  where: string | undefined,
  container: OpenContainer,
  signal: AbortSignal,
  tell?: Tell,
  later?: (keep: KeepGood) => void,
): Promise<Catalog> {
  if (where === undefined) return shippedCatalog();
  const reading = {
    read: (place: Place) => place.text(),
    parse: (text: string) => parseCatalogText(text, where),
  };
  return await readPlace('CATALOG', where, container, reading, signal, tell, later);
}
