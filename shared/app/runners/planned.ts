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
  connections: Pick<DynsqlConnections, 'abraGen'>;
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
  { connections, locations = {} }: Omit<PlannedDependencies, 'catalog'>,
  { connection }: SourceQuery,
  { location }: StageWork,
): AbraGenClient {
  const client = connections.abraGen(connection);
  if (client === undefined) {
    const text = `There is no connection ${connection} to ABRA Gen any more; the run was planned with it`;
    throw new StageFailure(text, 'permanent');
  }
  const now = locations[connection];
  if (location !== undefined && now !== undefined && now !== location) {
    const text = `The connection ${connection} was to ${location} when the run was planned, and is to ${now} now; start it again`;
    throw new StageFailure(text, 'permanent');
  }
  return client;
}
