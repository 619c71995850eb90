/** A catalogue that knows where everything is: its ids, and the addresses of the settings. */

import type { Catalog, ResolvedStage } from './catalog.ts';

/** `host:port/database` and the like, by id or code. */
export interface Locations {
  databases: Readonly<Record<string, string>>;
  /** By the company's data source code. */
  companies: Readonly<Record<string, string>>;
  /** By the id of a connection to ABRA Gen. */
  connections: Readonly<Record<string, string>>;
}

/** `sql1.example:1433` out of `sql1.example:1433/HCS`. An id has no colon. */
export function addressOf({ location }: { location?: string | undefined }): string | undefined {
  return location?.slice(0, location.indexOf('/'));
}

/**
 * The catalogue with a `location` in each stage: of the database, or of what is asked in its place.
 * Of servers at one address the least number of stages at once counts.
 */
export function located(catalog: Catalog, locations: Locations): Catalog {
  const locationOf = ({ kind, database, code = '' }: ResolvedStage, entity: string) => {
    if (kind === 'procedure') return locations.databases[database];
    if (kind === 'flexibee') return locations.companies[code];
    return locations.connections[catalog.rowQuery({ name: entity, code })?.connection ?? ''];
  };
  const leastAt = new Map<string, number>();
  for (const { id, server } of catalog.databases) {
    const address = addressOf({ location: locations.databases[id] }) ?? '';
    const { stagesAtOnce = 1 } = catalog.servers.find((one) => one.id === server) ?? {};
    leastAt.set(address, Math.min(stagesAtOnce, leastAt.get(address) ?? stagesAtOnce));
  }
  return {
    ...catalog,
    stages: (request) =>
      catalog.stages(request).map(({ atOnce = 1, ...stage }) => {
        const location = locationOf(stage, request.name);
        const least = Math.min(atOnce, leastAt.get(addressOf({ location }) ?? '') ?? atOnce);
        return {
          ...stage,
          ...(location !== undefined && { location }),
          ...(least > 1 && { atOnce: least }),
        };
      }),
    sourcePlace: (request) => {
      const place = catalog.sourcePlace(request);
      const { database = '', company = '', connection = '' } = place;
      const location =
        locations.databases[database] ??
        locations.companies[company] ??
        locations.connections[connection];
      return location === undefined ? place : { ...place, location };
    },
  };
}
