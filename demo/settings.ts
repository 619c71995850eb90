/** Where the sample's addresses of this machine are not the ones that are used now. */

import { readSettings } from 'functions-host';
import type { Catalog } from '../shared/catalog/index.ts';
import { loadCatalog } from '../shared/catalog/locate-catalog.ts';
import { openContainer } from '../shared/storage/container.ts';
import { settingsFor } from './billing/connections.ts';
import { defaultPorts, type Ports } from './ports.ts';

/**
 * Of the settings in `root` those that must be other ones, since ports or servers are.
 *
 * @param storage Azurite's connection string
 * @param sqlServerUrl absent: the stand-in's
 */
export async function workerSettings(
  root: string,
  ports: Ports,
  storage: string,
  sqlServerUrl: string | undefined,
): Promise<Record<string, string>> {
  const databases = sqlServerUrl ? settingsFor(sqlServerUrl) : {};
  const changed: Record<string, string> = {};
  for (const [name, value] of Object.entries(await readSettings(root, {}))) {
    if (name in process.env) continue;
    if (value === 'UseDevelopmentStorage=true') changed[name] = storage;
    const elsewhere = databases[name];
    if (elsewhere !== undefined) changed[name] = elsewhere;
    else {
      const moved = atPorts(value, ports);
      if (moved !== value) changed[name] = moved;
    }
  }
  return changed;
}

/**
 * The catalogue that the settings name; undefined: the shipped one.
 *
 * @param storage Azurite's connection string
 * @throws as the app's start, which comes before
 */
export async function ownCatalog(
  root: string,
  storage: string,
  signal: AbortSignal,
): Promise<Catalog | undefined> {
  const values = { ...(await readSettings(root, {})), ...process.env };
  const value = (name: string) => values[name]?.trim() || undefined;
  const where = value('CATALOG');
  if (where === undefined) return undefined;
  const container = value('STORAGE_CONTAINER');
  const account = {
    ...{ kind: 'connection string' as const, connectionString: storage },
    ...(container !== undefined && { container }),
  };
  const open = (bounded: AbortSignal) => openContainer(account, bounded);
  return await loadCatalog(where, open, signal, { settings: { value } });
}

function atPorts(value: string, actual: Ports): string {
  const sqlServers = ['sqlServer', 'sqlServer2', 'sqlServer3', 'sqlServer4'] as const;
  const forms: (readonly [part: keyof Ports, address: (port: number) => string])[] = [
    ...sqlServers.map((part) => [part, (port: number) => `Server=127.0.0.1,${port};`] as const),
    ['flexibee', (port) => `Url=http://127.0.0.1:${port};`],
    ['abraGen', (port) => `Url=http://127.0.0.1:${port};`],
  ];
  for (const [part, address] of forms) {
    const known = address(defaultPorts[part]);
    if (value.startsWith(known)) return value.replace(known, address(actual[part]));
  }
  const own = `http://127.0.0.1:${defaultPorts.app}`;
  return value === own ? `http://127.0.0.1:${actual.app}` : value;
}
