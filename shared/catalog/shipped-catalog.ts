import type { Catalog } from './catalog.ts';
import { makeCatalog } from './make-catalog.ts';
import { shippedData } from './shipped.ts';

let made: Catalog | undefined;

/** The catalogue that the app brings along: one, made when it is first asked for. */
export function shippedCatalog(): Catalog {
  made ??= makeCatalog(shippedData());
  return made;
}
