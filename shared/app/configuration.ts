/**
 * Settings and catalogues, checked at the start: whatever is wrong with them is told at once. What
 * can change is read again in the same way.
 */

import type { ContainerClient } from '@azure/storage-blob';
import { unlessAborted } from '../async/abort.ts';
import type { Catalog } from '../catalog/index.ts';
import { loadCatalog } from '../catalog/locate-catalog.ts';
import { type Locations, located } from '../catalog/located.ts';
import type { DynsqlCatalog } from '../dynsql/language/dynsql-catalog.ts';
import { dynsqlFolders, loadDynsqlCatalog } from '../dynsql/language/locate-definitions.ts';
import {
  type Connections,
  locationsOf,
  readSettings,
  requireConnections,
  requireKnownNames,
  type Settings,
  type SettingsDraft,
  SettingsError,
  type SettingsFault,
} from '../settings/settings.ts';
import { openContainer } from '../storage/container.ts';
import { type KeepGood, type OpenContainer, openPlace } from '../storage/place.ts';
import { hasStatus } from '../storage/storage-error.ts';
import { type Tell, tellLog } from '../storage/tell.ts';

/** What was read together and has been checked together; it never changes. */
export interface Content {
  readonly catalog: Catalog;
  readonly dynsql: DynsqlCatalog;
  readonly connections: Connections;
  readonly locations: Locations;
}

export interface Configuration {
  settings: Settings;
  content: Content;
  container: OpenContainer;
  /** What is wrong, and was put up with; told in the log, too. */
  notices: readonly string[];
  /** How it is read again. */
  read: Reading;
}

/** How what may change is read while the app runs. */
export interface Reading {
  /**
   * Another text whenever anything that the settings name has changed; undefined where the app uses
   * what it brings along.
   *
   * @throws what says why it cannot be looked at, or the reason of `signal`
   */
  mark: ((signal: AbortSignal) => Promise<string>) | undefined;
  /**
   * All of it, whole and right, and not yet kept as the last good content.
   *
   * @throws as `configure`
   */
  again(tell: Tell, signal: AbortSignal): Promise<{ content: Content; keep: KeepGood }>;
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
  const notices: string[] = [];
  const tell = (text: string) => {
    notices.push(text);
    tellLog(text);
  };
  const wrong = new Wrong(faults);
  const content = await readContent(settings, container, wrong, tell, signal);
  wrong.throwIfAny();
  if (!storage || !content) throw new Error('The configuration is incomplete');
  const whole = { ...settings, storage };
  return {
    settings: whole,
    ...{ content, container, notices },
    read: { mark: markOf(whole, container), again: readingOf(whole, container) },
  };
}

/** Undefined where anything is wrong, which is told then. @param later as of `readPlace` */
async function readContent(
  settings: SettingsDraft,
  container: OpenContainer,
  wrong: Wrong,
  tell: Tell,
  signal: AbortSignal,
  later?: (keep: KeepGood) => void,
): Promise<Content | undefined> {
  /** A blob cannot be read without storage, which is a fault of its own. */
  const isThere = (where: string | undefined) =>
    settings.storage !== undefined || !where?.startsWith('blob:');
  const values = {
    value: settings.connection,
    near: (name: string) => settings.near(name, []),
  };
  const options = { settings: values, tell, later };
  const catalog = isThere(settings.catalog)
    ? await wrong.collect(() => loadCatalog(settings.catalog, container, signal, options))
    : undefined;
  const dynsql = isThere(settings.dynsql)
    ? await wrong.collect(() => loadDynsqlCatalog(settings.dynsql, container, signal, tell, later))
    : undefined;
  if (catalog !== undefined) await wrong.collect(() => requireKnownNames(settings, catalog));
  const connections = catalog && (await wrong.collect(() => requireConnections(settings, catalog)));
  if (!catalog || !dynsql || !connections) return undefined;
  const locations = locationsOf(connections, catalog);
  return { catalog: located(catalog, locations), dynsql, connections, locations };
}

function readingOf(settings: Settings, container: OpenContainer): Reading['again'] {
  return async (tell, signal) => {
    const wrong = new Wrong([]);
    const kept: KeepGood[] = [];
    const later = (keep: KeepGood) => kept.push(keep);
    const content = await readContent(settings, container, wrong, tell, signal, later);
    wrong.throwIfAny();
    if (!content) throw new Error('The configuration is incomplete');
    const keep = async (within: AbortSignal) => {
      for (const one of kept) await one(within);
    };
    return { content, keep };
  };
}

function markOf(
  { catalog, dynsql }: Pick<Settings, 'catalog' | 'dynsql'>,
  container: OpenContainer,
): Reading['mark'] {
  const places = [
    { setting: 'CATALOG', where: catalog, folders: undefined },
    { setting: 'DYNSQL', where: dynsql, folders: dynsqlFolders },
  ];
  if (places.every(({ where }) => where === undefined)) return undefined;
  return async (signal) => {
    const marks = places.map(async ({ setting, where, folders }) => {
      if (where === undefined) return '';
      try {
        const place = await openPlace(where, container, signal);
        return await unlessAborted(place.mark(folders), signal);
      } catch (error) {
        const why = hasStatus(error, 404) ? 'there is none' : String((error as Error).message);
        throw new Error(`${setting}: cannot look at ${where}: ${why}`, { cause: error });
      }
    });
    return (await Promise.all(marks)).join('\n\n');
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
