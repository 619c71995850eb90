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

/** The catalogue with a `location` in each stage: of the database, or of what is asked in its place. */
export function located(catalog: Catalog, locations: Locations): Catalog {
  const locationOf = ({ kind, database, code = '' }: ResolvedStage, entity: string) => {
    if (kind === 'procedure') return locations.databases[database];
    if (kind === 'flexibee') return locations.companies[code];
    return locations.connections[catalog.rowQuery({ name: entity, code })?.connection ?? ''];
  };
  return {
    ...catalog,
    stages: (request) =>
      catalog.stages(request).map((stage) => {
        const location = locationOf(stage, request.name);
        return location === undefined ? stage : { ...stage, location };
      }),
  };
}
