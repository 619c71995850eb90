/** What a setting points to: a file or a folder, or `blob:<name>` in the app's container. */

import { access, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ContainerClient } from '@azure/storage-blob';
import { unlessAborted } from './abort.ts';
import { storageCall } from './storage/call.ts';
import { readText } from './storage/json-blob.ts';

/** Opens the app's container where it is needed. */
export type OpenContainer = (signal: AbortSignal) => Promise<ContainerClient>;

export interface Place {
  /** Text of the file that the place is, or of one below it: `dynsql/payments.json`. */
  text(path?: string): Promise<string>;
  /** Names of the files right in one of its folders, sorted; none where there is no such folder. */
  files(folder: string): Promise<string[]>;
}

const blobPrefix = 'blob:';

/**
 * Reads what a setting points to.
 *
 * @param setting its name, for the error
 * @param where its value: a path, or `blob:` and the name of a blob, or what the names of several
 *   have before `/`
 * @throws Error that names the setting and says why it cannot be read
 */
export async function readPlace<T>(
  setting: string,
  where: string,
  container: OpenContainer,
  signal: AbortSignal,
  read: (place: Place) => Promise<T>,
): Promise<T> {
  try {
    const place = where.startsWith(blobPrefix)
      ? inContainer(await container(signal), where.slice(blobPrefix.length), signal)
      : onDisk(where, signal);
    signal.throwIfAborted();
    // A call to a file system that has gone away comes back to no signal.
    return await unlessAborted(read(place), signal);
  } catch (error) {
    throw new Error(`${setting}: cannot read ${where}: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

function onDisk(where: string, signal: AbortSignal): Place {
  return {
    text: (path = '') => readFile(join(where, path), { encoding: 'utf8', signal }),
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

function inContainer(container: ContainerClient, where: string, signal: AbortSignal): Place {
  const base = where.replace(/\/+$/, '');
  return {
    async text(path) {
      const blob = container.getBlobClient(path === undefined ? where : `${base}/${path}`);
      return (await readText(blob, signal)).text;
    },
    async files(folder) {
      const prefix = `${base}/${folder}/`;
      const list = async (abortSignal: AbortSignal) => {
        const names: string[] = [];
        const found = container.listBlobsByHierarchy('/', { prefix, abortSignal });
        for await (const { kind, name } of found) {
          if (kind === 'blob') names.push(name.slice(prefix.length));
        }
        return names.sort();
      };
      return await storageCall(`list ${prefix}`, list, signal);
    },
  };
}
