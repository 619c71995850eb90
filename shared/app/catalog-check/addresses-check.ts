/** Servers of the catalogue against where they are: the unit of the lock must be a server. */

import type { Catalog } from '../../catalog/index.ts';
import type { Fault } from './fault.ts';

/** Where a database is. */
export interface Found {
  /** `host:port`, by the settings. */
  address: string;
  /** The server's own name; undefined: it did not answer, or a database is a server there. */
  name: string | undefined;
}

/**
 * One address under two names is a fault: the locks of both are one (`database/location.ts`), and the
 * catalogue says that they are two. One name at two addresses is a warning, since it may be right:
 * listeners of availability groups that are on one node just now and may move apart, machines that
 * were cloned with their name. What follows is told, since the check cannot know which it is.
 *
 * @param places by the database's id
 */
export function addressFaults(
  { databases }: Pick<Catalog, 'databases'>,
  places: ReadonlyMap<string, Found>,
): Fault[] {
  const faults: Fault[] = [];
  const located = databases.flatMap(({ id, server }, index) => {
    const place = places.get(id);
    const path = `databases[${index}].server`;
    return place === undefined ? [] : [{ ...{ id, server, path }, ...place }];
  });
  for (const [index, one] of located.entries()) {
    const before = located.slice(0, index);
    const apart = before.find((other) => other.server === one.server);
    if (apart !== undefined && !isOnePlace(one, apart)) faults.push(twoPlaces(one, apart));
    const others = before.filter((other) => other.server !== one.server);
    const neighbour = others.find(({ address }) => address === one.address);
    const namesake = others.find((other) => isOneName(one, other));
    // Of a database that is a server by itself others may be at its address.
    if (neighbour !== undefined && one.name !== undefined) faults.push(oneAddress(one, neighbour));
    else if (namesake !== undefined) faults.push(oneName(one, namesake));
  }
  return faults;
}

interface Located extends Found {
  id: string;
  server: string;
  path: string;
}

const isOneName = (one: Found, other: Found) =>
  one.name !== undefined && one.name.toLowerCase() === other.name?.toLowerCase();

/** A machine with two addresses is one server, whose locks hold at both. */
const isOnePlace = (one: Found, other: Found) =>
  one.address === other.address || isOneName(one, other);

function twoPlaces({ id, server, path, address }: Located, other: Located): Fault {
  return {
    ...{ severity: 'fault', path },
    text: `${id} is at ${address} and ${other.id} at ${other.address}, and both are said to be on the server ${server}: they would wait for one another`,
    cure: `give the databases at ${address} a server of their own in "servers"`,
  };
}

function oneAddress({ id, server, path, address }: Located, other: Located): Fault {
  return {
    ...{ severity: 'fault', path },
    text: `${id} and ${other.id} are on one server by ${address}, and the catalogue calls it ${server} and ${other.server}`,
    cure: `use ${other.server} for both, and take ${server} out where nothing else is on it`,
  };
}

function oneName({ id, server, path, address, name }: Located, other: Located): Fault {
  return {
    ...{ severity: 'warning', path },
    text: `${id} at ${address} and ${other.id} at ${other.address} are on one server by its name ${name}, and the catalogue calls it ${server} and ${other.server}: locks belong to servers, so procedures of both run at once there`,
    cure: `where it is always one machine, an alias of it, use ${other.server} for both; leave it where they may move apart, as listeners of availability groups do, or where two machines only have one name`,
  };
}
