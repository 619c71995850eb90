/** The settings of one start: the file's, moved to where ports and servers are, under the terminal's. */

import { readSettings } from 'functions-host';
import type { Catalog } from '../shared/catalog/index.ts';
import { loadCatalog } from '../shared/catalog/locate-catalog.ts';
import { requireStorage } from '../shared/settings/storage.ts';
import { openContainer } from '../shared/storage/container.ts';
import { settingsFor } from './billing/connections.ts';
import { defaultPorts, type Ports } from './ports.ts';

type Values = Readonly<Record<string, string>>;
type Environment = Readonly<Record<string, string | undefined>>;

export interface StartSettings {
  /** As local.settings.json has them, or the sample where there is none. */
  ofFile: Values;
  /** The same, moved to where ports and servers are. */
  ofStart: Values;
  /** What workers must be given beside the environment, since ports or servers are other ones. */
  changed: Values;
  /** What the app has of all of it: the environment wins, as in the host. */
  inUse: Values;
}

/**
 * @param storage Azurite's connection string
 * @param sqlServerUrl absent: the stand-in's
 * @param environment that of the terminal, which workers inherit
 */
export async function startSettings(
  root: string,
  ports: Ports,
  storage: string,
  sqlServerUrl: string | undefined,
  environment: Environment,
): Promise<StartSettings> {
  const databases = sqlServerUrl ? settingsFor(sqlServerUrl) : {};
  const ofFile = await readSettings(root, {});
  const ofStart = Object.fromEntries(
    Object.entries(ofFile).map(([name, value]) => [name, databases[name] ?? atPorts(value, ports)]),
  );
  const inUse: Record<string, string> = { ...ofStart };
  for (const [name, value] of Object.entries(environment)) {
    if (value !== undefined) inUse[name] = value;
  }
  for (const values of [ofStart, inUse]) {
    for (const [name, value] of Object.entries(values)) {
      // This machine's storage by its nickname is that of this start, whoever says so.
      if (value === 'UseDevelopmentStorage=true') values[name] = storage;
    }
  }
  const differing = Object.entries(inUse).filter(
    ([name, value]) => value !== environment[name] && value !== ofFile[name],
  );
  return { ofFile, ofStart, inUse, changed: Object.fromEntries(differing) };
}

/**
 * What another terminal must have to meet the servers that the app meets: each address that the
 * catalogue names, and whatever else is not as in the file, from which commands take the rest.
 */
export function settingsForTerminals({ ofFile, inUse }: StartSettings, catalog: Catalog): Values {
  const addresses = new Set(connectionSettings(catalog));
  const names = [...new Set([...Object.keys(ofFile), ...addresses])];
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = inUse[name];
      const isNeeded = value !== undefined && (addresses.has(name) || value !== ofFile[name]);
      return isNeeded ? [[name, value]] : [];
    }),
  );
}

/** Names of settings that are others than this start would have given: they are the terminal's. */
export function settingsOfTerminal(
  { ofFile, ofStart, inUse }: StartSettings,
  catalog: Catalog,
): string[] {
  const names = new Set([...Object.keys(ofFile), ...connectionSettings(catalog)]);
  return [...names].filter((name) => inUse[name] !== ofStart[name]);
}

const connectionSettings = ({ databases, companies, connections }: Catalog) =>
  [...databases, ...companies, ...connections].flatMap((one) =>
    'connection' in one ? [one.connection] : [],
  );

/**
 * The catalogue that the settings name; the shipped one where they name none.
 *
 * @throws as the app's start, which comes before
 */
export async function catalogInUse(inUse: Values, signal: AbortSignal): Promise<Catalog> {
  const value = (name: string) => inUse[name]?.trim() || undefined;
  const open = (bounded: AbortSignal) => openContainer(requireStorage(value), bounded);
  return await loadCatalog(value('CATALOG'), open, signal, { settings: { value } });
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
