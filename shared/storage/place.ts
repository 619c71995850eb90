/** What a setting points to: a file or a folder, or `blob:<name>` in the app's container. */

import { access, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ContainerClient } from '@azure/storage-blob';
import { unlessAborted } from '../async/abort.ts';
import { utf8Text } from '../faults/utf8-text.ts';
import { readText } from './json-blob.ts';
import { LastGood, recorded } from './last-good.ts';
import { storageCall } from './storage-call.ts';
import { type Tell, tellLog } from './tell.ts';

/** Opens the app's container where it is needed. */
export type OpenContainer = (signal: AbortSignal) => Promise<ContainerClient>;

export interface Place {
  /** Text of the file that the place is, or of one below it: `dynsql/payments.json`. */
  text(path?: string): Promise<string>;
  /** Names of the files right in one of its folders, sorted; none where there is no such folder. */
  files(folder: string): Promise<string[]>;
}

/** A place that can be looked at without being read. */
export interface WatchedPlace extends Place {
  /**
   * Another text whenever the file that the place is, or one of those right in its folders, has
   * changed, come or gone.
   *
   * @param folders where it is no file: the folders that are read
   */
  mark(folders?: readonly string[]): Promise<string>;
}

const blobPrefix = 'blob:';

/** A file of configuration has some kilobytes. */
const mostBytes = 16 * 1024 * 1024;

/** How a setting's files become what the app uses. */
export interface Reading<R, T> {
  read(place: Place): Promise<R>;
  /** @throws whatever is wrong with them */
  parse(raw: R): T;
}

/** @param where the value of a setting, as for `readPlace`. @throws storage's error, or the reason of `signal` */
export async function openPlace(
  where: string,
  container: OpenContainer,
  signal: AbortSignal,
): Promise<WatchedPlace> {
  if (!where.startsWith(blobPrefix)) return onDisk(where, signal);
  return inContainer(await container(signal), where.slice(blobPrefix.length), signal);
}

/** Keeps what was read as the last good content. */
export type KeepGood = (signal: AbortSignal) => Promise<void>;

/**
 * Reads what a setting points to. Blobs that cannot be read or used, but could before, are told of,
 * and what they held then is used.
 *
 * @param setting its name, for the error
 * @param where its value: a path, or `blob:` and the name of a blob, or what the names of several
 *   have before `/`
 * @param later for whoever has good content already: what cannot be used is thrown, and keeping what
 *   can be is handed over
 * @throws Error that names the setting and says why it cannot be read, or what `parse` throws
 */
export async function readPlace<R, T>(
  setting: string,
  where: string,
  container: OpenContainer,
  reading: Reading<R, T>,
  signal: AbortSignal,
  tell: Tell = tellLog,
  later?: (keep: KeepGood) => void,
): Promise<T> {
  const use = async (open: () => Place | Promise<Place>) => {
    const raw = await named(setting, where, async () => {
      const place = await open();
      signal.throwIfAborted();
      // A call to a file system that has gone away comes back to no signal.
      return await unlessAborted(reading.read(place), signal);
    });
    return reading.parse(raw);
  };
  if (!where.startsWith(blobPrefix)) return await use(() => onDisk(where, signal));
  const blobs = await named(setting, where, () => container(signal));
  const good = new LastGood(blobs, setting);
  const { place, snapshot } = recorded(
    where,
    inContainer(blobs, where.slice(blobPrefix.length), signal),
  );
  let value: T;
  try {
    value = await use(() => place);
  } catch (error) {
    if (signal.aborted || later !== undefined) throw error;
    const before = await good.place(where, signal).catch(() => undefined);
    if (before === undefined) throw error;
    const kept = await use(() => before).catch(() => undefined);
    if (kept === undefined) throw error;
    tell(`${setting}: ${where} cannot be used, and its last good content is: ${reasonOf(error)}`);
    return kept;
  }
  const keep = (within: AbortSignal) =>
    good.keep(snapshot, within).catch((error: unknown) => {
      tell(`${setting}: the content of ${where} cannot be kept: ${reasonOf(error)}`);
    });
  if (later === undefined) await keep(signal);
  else later(keep);
  return value;
}

async function named<R>(setting: string, where: string, read: () => Promise<R>): Promise<R> {
  try {
    return await read();
  } catch (error) {
    throw new Error(`${setting}: cannot read ${where}: ${reasonOf(error)}`, { cause: error });
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function onDisk(where: string, signal: AbortSignal): WatchedPlace {
  const markOf = async (path: string) => {
    const { ino, size, mtimeNs, ctimeNs } = await stat(path, { bigint: true });
    return `${path} ${ino} ${size} ${mtimeNs} ${ctimeNs}`;
  };
  return {
    async mark(folders) {
      if (folders === undefined) return await markOf(where);
      const marks = folders.map(async (folder) => {
        const names = await this.files(folder);
        return await Promise.all(names.map((name) => markOf(join(where, folder, name))));
      });
      return (await Promise.all(marks)).flat().join('\n');
    },
    text: async (path = '') =>
      utf8Text(await readFile(join(where, path), { signal }), path || undefined),
    async files(folder) {
      try {
        const entries = await readdir(join(where, folder), { withFileTypes: true });
        // A link may well be one to a file: mounted configuration is made of them.
        return entries.flatMap((entry) => (entry.isDirectory() ? [] : [entry.name])).sort();
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
        await access(where);
        return [];
      }
    },
  };
}

function inContainer(container: ContainerClient, where: string, signal: AbortSignal): WatchedPlace {
  const base = where.replace(/\/+$/, '');
  /** Of the blobs right below a prefix, by name what it ends with behind it: their ETags. */
  const etagsBelow = async (prefix: string) => {
    const list = async (abortSignal: AbortSignal) => {
      const etags = new Map<string, string>();
      for await (const item of container.listBlobsByHierarchy('/', { prefix, abortSignal })) {
        if (item.kind === 'blob') {
          etags.set(item.name.slice(prefix.length), item.properties.etag);
        }
      }
      return etags;
    };
    return await storageCall(`list ${prefix}`, list, signal);
  };
  return {
    async mark(folders) {
      if (folders === undefined) {
        const look = (abortSignal: AbortSignal) =>
          container.getBlobClient(where).getProperties({ abortSignal });
        return String((await storageCall(`look at ${where}`, look, signal)).etag);
      }
      const found = await Promise.all(folders.map((folder) => etagsBelow(`${base}/${folder}/`)));
      return JSON.stringify(found.map((etags) => [...etags].sort()));
    },
    async text(path) {
      const blob = container.getBlobClient(path === undefined ? where : `${base}/${path}`);
      return (await readText(blob, mostBytes, signal)).text;
    },
    async files(folder) {
      return [...(await etagsBelow(`${base}/${folder}/`)).keys()].sort();
    },
  };
}
