/** Settings and catalogues, checked at the start: whatever is wrong with them is told at once. */

import type { ContainerClient } from '@azure/storage-blob';
import type { Catalog } from '../catalog/index.ts';
import { loadCatalog } from '../catalog/locate-catalog.ts';
import { type Locations, located } from '../catalog/located.ts';
import type { DynsqlCatalog } from '../dynsql/language/dynsql-catalog.ts';
import { loadDynsqlCatalog } from '../dynsql/language/locate-definitions.ts';
import {
  type Connections,
  locationsOf,
  readSettings,
  requireConnections,
  requireKnownNames,
  type Settings,
  SettingsError,
  type SettingsFault,
} from '../settings/settings.ts';
import { openContainer } from '../storage/container.ts';
import type { OpenContainer } from '../storage/place.ts';
import { tellLog } from '../storage/tell.ts';

export interface Configuration {
  settings: Settings;
  catalog: Catalog;
  dynsql: DynsqlCatalog;
  connections: Connections;
  locations: Locations;
  container: OpenContainer;
  /** What is wrong, and was put up with; told in the log, too. */
  notices: readonly string[];
}

/** Several things are wrong, of settings and of catalogues. Holds no value of a secret. */
export class ConfigurationError extends Error {
  readonly errors: readonly Error[];

  constructor(errors: readonly Error[]) {
    super(errors.map(({ message }) => message).join('\n'));
    this.name = 'ConfigurationError';
    this.errors = errors;
  }
}

/** The catalogue and dynsql's are files of some kilobytes; a start that waits longer has failed. */
const deadlineMs = 30_000;

/**
 * Reads and checks everything, going on after a fault with what does not rest on it.
 *
 * @throws SettingsError, CatalogError or an Error that says why one cannot be read; where there are
 *   several, ConfigurationError
 */
export async function configure(environment: NodeJS.ProcessEnv): Promise<Configuration> {
  const signal = AbortSignal.timeout(deadlineMs);
  const { settings, faults } = readSettings(environment);
  const { storage } = settings;
  const container = openOnce(storage);
  const wrong = new Wrong(faults);
  const notices: string[] = [];
  const tell = (text: string) => {
    notices.push(text);
    tellLog(text);
  };
  /** A blob cannot be read without storage, which is a fault of its own. */
  const isThere = (where: string | undefined) =>
    storage !== undefined || !where?.startsWith('blob:');
  const catalog = isThere(settings.catalog)
    ? await wrong.collect(() => loadCatalog(settings.catalog, container, signal, tell))
    : undefined;
  const dynsql = isThere(settings.dynsql)
    ? await wrong.collect(() => loadDynsqlCatalog(settings.dynsql, container, signal, tell))
    : undefined;
  if (catalog !== undefined) await wrong.collect(() => requireKnownNames(settings, catalog));
  const connections = catalog && (await wrong.collect(() => requireConnections(settings, catalog)));
  wrong.throwIfAny();
  if (!storage || !catalog || !dynsql || !connections) {
    throw new Error('The configuration is incomplete');
  }
  const locations = locationsOf(connections, catalog);
  return {
    settings: { ...settings, storage },
    catalog: located(catalog, locations),
    ...{ dynsql, connections, locations, container, notices },
  };
}

/** Faults of settings in one list, and other errors behind it. */
class Wrong {
  readonly #faults: SettingsFault[];
  readonly #errors: Error[] = [];

  constructor(faults: readonly SettingsFault[]) {
    this.#faults = [...faults];
  }

  async collect<T>(work: () => T | Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof SettingsError) this.#faults.push(...error.faults);
      else this.#errors.push(error instanceof Error ? error : new Error(String(error)));
      return undefined;
    }
  }

  throwIfAny(): void {
    const settings = this.#faults.length > 0 ? [new SettingsError(this.#faults)] : [];
    const [first, ...others] = [...settings, ...this.#errors];
    if (first === undefined) return;
    throw others.length === 0 ? first : new ConfigurationError([first, ...others]);
  }
}

/** Opens the container at the first call; after a failure the next call tries again. */
function openOnce(storage: Settings['storage'] | undefined): OpenContainer {
  let opened: ContainerClient | undefined;
  return async (signal) => {
    if (storage === undefined) throw new Error('no storage is set');
    opened ??= await openContainer(storage, signal);
    return opened;
  };
}
