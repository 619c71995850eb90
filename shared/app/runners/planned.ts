/** What a stage of kind `dynsql` asks, and whom: as its run was planned. */

import type { AbraGenClient } from '../../abra-gen/client.ts';
import type { Catalog, SourceQuery } from '../../catalog/index.ts';
import { rowQuerySchema } from '../../dynsql/rows/row-query-schema.ts';
import { StageFailure, type StageWork } from '../../sync/stage-runner.ts';
import type { DynsqlConnections } from '../connections/dynsql-connections.ts';

export interface PlannedDependencies {
  /** Asked for runs of earlier versions only: they bring no query. */
  catalog: Pick<Catalog, 'rowQuery'>;
  /** Where the settings have each connection now. */
  locations?: Readonly<Record<string, string>>;
  connections: Pick<DynsqlConnections, 'abraGen' | 'placesOf'>;
}

/** As the run was planned, whatever the catalogue says by now. */
export function plannedQuery(
  { catalog }: Pick<PlannedDependencies, 'catalog'>,
  { code = '', entity, asks, query }: StageWork,
): SourceQuery {
  if (asks === undefined) {
    const known = catalog.rowQuery({ name: entity, code });
    if (known !== undefined) return known;
  }
  const { data } = rowQuerySchema.safeParse(query);
  if (asks !== undefined && data !== undefined) return { ...data, connection: asks.connection };
  throw new StageFailure(`The run has no query of ${entity}; start it again`, 'permanent');
}

/** The server that was meant when the run was planned. */
export function plannedClient(
  { connections, locations }: Omit<PlannedDependencies, 'catalog'>,
  { connection }: SourceQuery,
  { location }: StageWork,
): AbraGenClient {
  const client = connections.abraGen(connection);
  if (client === undefined) throw gone('ABRA Gen connection', connection);
  requirePlace(locations, { what: 'connection', id: connection, location });
  return client;
}

type Places = Readonly<Record<string, string>> | undefined;

/**
 * What a run was planned with must still be there, and where it was: its locks are those of that
 * server.
 *
 * @param places where the settings have each now; undefined: nobody knows
 * @param planned `location` is absent in older runs
 * @throws StageFailure
 */
export function requirePlace(
  places: Places,
  { what, id, location }: { what: string; id: string; location?: string | undefined },
): void {
  if (places === undefined) return;
  const now = places[id];
  if (now === undefined) throw gone(what, id);
  if (location === undefined || location === now) return;
  const text = `The ${what} ${id} was at ${location} when the run was planned, and is at ${now} now; start it again`;
  throw new StageFailure(text, 'permanent');
}

/**
 * The id that a database has now: the run's own, or where that is another database's or nobody's,
 * that of the one at the same place.
 *
 * @throws StageFailure where there is none
 */
export function plannedDatabase(
  places: Places,
  { database, location }: { database: string; location?: string | undefined },
): string {
  if (places === undefined) return database;
  const isHere = (id: string) => location !== undefined && places[id] === location;
  const renamed = isHere(database) ? database : Object.keys(places).find(isHere);
  if (renamed !== undefined) return renamed;
  requirePlace(places, { what: 'database', id: database, location });
  return database;
}

function gone(what: string, id: string): StageFailure {
  const text = `There is no ${what} ${id} any more; the run was planned with it`;
  return new StageFailure(text, 'permanent');
}
