/** Where the catalogue comes from: shipped with the app, a file, or a blob. */

import { type KeepGood, type OpenContainer, type Place, readPlace } from '../storage/place.ts';
import type { Tell } from '../storage/tell.ts';
import type { Catalog } from './catalog.ts';
import { parseCatalogText } from './read-catalog.ts';
import type { SettingValues } from './setting-values.ts';
import { shippedCatalog } from './shipped-catalog.ts';

export interface LoadOptions {
  /** What `${NAME}` in the catalogue stands for; unless given, no setting is set. */
  settings?: SettingValues | undefined;
  /** Hears of a blob that is damaged, where the last good one is used. */
  tell?: Tell | undefined;
  /** As of `readPlace`. */
  later?: ((keep: KeepGood) => void) | undefined;
}

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
  { settings, tell, later }: LoadOptions = {},
): Promise<Catalog> {
  if (where === undefined) return shippedCatalog();
  const reading = {
    read: (place: Place) => place.text(),
    parse: (text: string) => parseCatalogText(text, where, settings),
  };
  return await readPlace('CATALOG', where, container, reading, signal, tell, later);
}
