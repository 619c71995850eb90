/** The server of a data source: that of the first stage of whatever it has. */

import type { Catalog } from '../../shared/catalog/index.ts';

export function sourceServer(catalog: Catalog, code: string): string {
  const [name = ''] = catalog.entityOrder(code);
  return catalog.stages({ name, code, period: { month: 7, year: 2019 } })[0]?.server ?? '';
}
