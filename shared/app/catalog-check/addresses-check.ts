/** Servers of the catalogue against where they are: the unit of the lock must be a server. */

import type { Catalog } from '../../catalog/index.ts';
import type { Fault } from './fault.ts';

/** Where a database is. */
export interface Found {
  /** `host:port`, by the settings. */
  address: string;
  /** The server's own name; undefined: it did not answer, or a database is a server there. */
  server: string | undefined;
}

/** @param places by the database's id */
export function addressFaults(
  { databases }: Pick<Catalog, 'databases'>,
  places: ReadonlyMap<string, Found>,
): Fault[] {
  const faults: Fault[] = [];
  const first = new Map<string, { server: string; id: string }>();
  const addresses = new Map<string, { address: string; id: string }>();
  for (const [index, { id, server }] of databases.entries()) {
    const place = places.get(id);
    if (place === undefined) continue;
    const tell = (text: string, cure: string) =>
      faults.push({ severity: 'fault', path: `databases[${index}].server`, text, cure });
    const { address } = place;
    const own = addresses.get(server) ?? { address, id };
    addresses.set(server, own);
    if (own.address !== address) {
      const text = `${id} is at ${address} and ${own.id} at ${own.address}, and both are said to be on the server ${server}: they would wait for one another`;
      tell(text, `give the databases at ${address} a server of their own in "servers"`);
    }
    const names = place.server === undefined ? [] : [address, `its name ${place.server}`];
    for (const name of names) {
      const other = first.get(name.toLowerCase()) ?? { server, id };
      first.set(name.toLowerCase(), other);
      if (other.server === server) continue;
      const text = `${id} and ${other.id} are on one server by ${name}, and the catalogue calls it ${server} and ${other.server}`;
      tell(
        text,
        `use ${other.server} for both, and take ${server} out where nothing else is on it`,
      );
      break;
    }
  }
  return faults;
}
