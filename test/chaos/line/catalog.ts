/** The catalogue of chaos with a server for each source database: five of them. */

import shipped from '../../../catalog/catalog.json' with { type: 'json' };
import { chaosCatalog } from '../catalog.ts';

/** By the database's id, a data source of it. */
export const sources = { hcs: '0c10', stek: 'stek', region: 'region', mo: 'mo', zagser: 'zagser' };
export const codes = Object.values(sources);

/** Every data source has it, and it needs no month. */
export const entity = 'meter';

export function lineCatalog(): string {
  const catalog = JSON.parse(chaosCatalog());
  const own = Object.keys(sources).map((id) => ({ id: `server-${id}`, description: id }));
  const others = shipped.servers.filter(({ id }) => ['ab', 'flexibee', 'abra-gen'].includes(id));
  const databases = shipped.databases.map((database) =>
    database.id in sources ? { ...database, server: `server-${database.id}` } : database,
  );
  return JSON.stringify({ ...catalog, servers: [...own, ...others], databases });
}
