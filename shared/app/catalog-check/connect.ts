/** A catalogue against the databases, companies and connections that the settings name. */

import type { Catalog } from '../../catalog/index.ts';
import { addressTold, connectCure } from '../../database/connect-cure.ts';
import { toDatabaseError } from '../../database/database-error.ts';
import { Databases } from '../../database/databases.ts';
import { databaseLocation } from '../../database/location.ts';
import {
  type Connections,
  readSettings,
  requireConnections,
  SettingsError,
} from '../../settings/settings.ts';
import { addressFaults, type Found } from './addresses-check.ts';
import { checkDatabase } from './database-check.ts';
import { type Entries, entriesIn } from './entries.ts';
import type { Fault } from './fault.ts';
import { placeOf } from './located.ts';
import { companyFaults, connectionFaults } from './servers-check.ts';
import type { TextFile } from './text-file.ts';
import { type WantedDefinition, wantedOf } from './wanted.ts';

export interface ConnectedCatalog {
  catalog: Catalog;
  file: TextFile;
  /** Those of dynsql, each with its file. */
  definitions: readonly WantedDefinition[];
  /** They are offered where their tables are: one that is not there is no fault. */
  areShipped: boolean;
}

/** Of one database: some hundreds of procedures are looked up in a second. */
const deadlineMs = 60_000;
/** Nobody waits half a minute for a server that fails over: it is told, and asked again by hand. */
const patienceMs = 2_000;

/** @throws the reason of `signal` */
export async function connectedFaults(
  { catalog, file, definitions, areShipped }: ConnectedCatalog,
  environment: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<Fault[]> {
  const entries = entriesIn(file.text);
  const { connections, faults } = addressesOf(catalog, environment, entries);
  const databases = new Databases(
    catalog.databases.flatMap(({ id, connection, schemas }) => {
      const connectionString = connections.databases[id];
      if (connectionString === undefined) return [];
      return [{ id, setting: connection, connectionString, ...(schemas && { schemas }) }];
    }),
    { patienceMs },
  );
  const places = new Map<string, Found>();
  const placed = {
    connections: catalog.connections,
    databases: catalog.databases,
    stages: catalog.placedStages(),
    queries: [...catalog.placedFreshness(), ...catalog.placedChecks()],
  };
  const ofDatabase = async ({ id, connection }: DeclaredDatabase): Promise<Fault[]> => {
    const connectionString = connections.databases[id];
    if (connectionString === undefined) return [];
    const [address = ''] = databaseLocation(connectionString).split('/');
    const at = entries.pathOf('databases', id);
    const bounded = AbortSignal.any([signal, AbortSignal.timeout(deadlineMs)]);
    try {
      const wanted = wantedOf(placed, { definitions, areShipped }, id);
      const report = await checkDatabase(databases, id, at, wanted, bounded);
      places.set(id, { address, name: report.about.server });
      return report.faults;
    } catch (error) {
      signal.throwIfAborted();
      places.set(id, { address, name: undefined });
      const whose = addressTold(id, connectionString, connection);
      return [unanswered(error, whose, { path: `${at}.connection`, setting: connection }, bounded)];
    }
  };
  try {
    const all = await Promise.all([
      ...catalog.databases.map(ofDatabase),
      companyFaults(catalog, connections.companies, entries, signal),
      connectionFaults(catalog, connections.abraGen, entries, signal),
    ]);
    faults.push(...all.flat(), ...addressFaults(catalog, places));
  } finally {
    await databases.close();
  }
  return faults.map((fault) => inFile(fault, file));
}

type DeclaredDatabase = Pick<Catalog['databases'][number], 'id' | 'connection'>;

/** @param whose with its address and setting, which no error of a server has */
function unanswered(
  error: unknown,
  whose: string,
  { path, setting }: { path: string; setting: string },
  bounded: AbortSignal,
): Fault {
  const { message, meaning } = toDatabaseError(error);
  const isAway = bounded.aborted || meaning === 'unreachable' || meaning === 'transient';
  const said = bounded.aborted
    ? `did not answer within ${deadlineMs / 1000} s`
    : `cannot be looked at: ${message}`;
  return {
    severity: 'fault',
    ...(isAway && { isUnanswered: true }),
    ...{ path, text: `${whose} ${said}`, cure: connectCure(error, setting) },
  };
}

/** What the settings have; what is missing or wrong with them is told, and the rest is used. */
function addressesOf(
  catalog: Catalog,
  environment: NodeJS.ProcessEnv,
  entries: Entries,
): { connections: Connections; faults: Fault[] } {
  const { settings } = readSettings(environment);
  try {
    return { connections: requireConnections(settings, catalog), faults: [] };
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    const wrong = new Set(error.faults.map(({ setting }) => setting));
    const isSet = (one: object) =>
      !('connection' in one && typeof one.connection === 'string' && wrong.has(one.connection));
    const connections = requireConnections(settings, {
      databases: catalog.databases.filter(isSet),
      companies: catalog.companies.filter(isSet),
      connections: catalog.connections.filter(isSet),
    });
    const faults = error.faults.map(({ setting, fault }): Fault => {
      return {
        severity: 'fault',
        path: `${placeOfSetting(catalog, setting, entries)}.connection`,
        text: `${setting} ${fault}`,
        cure: `set ${setting} in the environment or in local.settings.json`,
      };
    });
    return { connections, faults };
  }
}

function placeOfSetting(catalog: Catalog, setting: string, entries: Entries): string {
  const isIt = (one: object) => 'connection' in one && one.connection === setting;
  const database = catalog.databases.find(isIt);
  if (database) return entries.pathOf('databases', database.id);
  const company = catalog.companies.find(isIt);
  if (company) return `${entries.pathOf('dataSources', company.code)}.company`;
  return entries.pathOf('connections', catalog.connections.find(isIt)?.id ?? '');
}

/** What is not of another file is of the catalogue. */
function inFile(fault: Fault, { file, text }: TextFile): Fault {
  if (fault.file !== undefined || fault.path === undefined) return fault;
  return { ...fault, file, ...placeOf(fault.path, text) };
}
