/** What `catalog/catalog.json` says, checked. A bundle has its outcome in place of this module. */

import shipped from '../../catalog/catalog.json' with { type: 'json' };
import { checkCatalog } from './read-catalog.ts';
import type { CatalogData } from './schema.ts';

export function shippedData(): CatalogData {
  return checkCatalog(shipped, 'catalog/catalog.json');
}
