/** Commands of packages that `npm ci` does not bring: they come when they are asked for first. */

import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fillModules, modulesAreAsLocked } from './fill-modules.mjs';

export interface FetchedCommand {
  /** With a `package.json` and a `package-lock.json`. */
  folder: string;
  /** What the message calls it. */
  name: string;
  /** Where it is in the folder's `node_modules`; runs on Node, and knows `--version`. */
  path: string;
}

/**
 * Fetches it, where it is not there or is not the one that is locked, and says so.
 *
 * @returns its path, for Node
 * @throws Error where it cannot be fetched; npm has told why
 */
export function fetchedCommand({ folder, name, path }: FetchedCommand): string {
  const command = join(folder, 'node_modules', path);
  if (modulesAreAsLocked(folder)) return command;
  console.error(`Fetching ${name}, once: npm ci does not bring it.`);
  const isFetched = fillModules(folder);
  // Npm is content where the part for this machine could not be had.
  if (!isFetched || spawnSync(process.execPath, [command, '--version']).status !== 0) {
    rmSync(join(folder, 'node_modules'), { recursive: true, force: true });
    const why = isFetched ? `does not run on ${process.platform} ${process.arch}` : 'is not here';
    throw new Error(`${name} ${why}, and could not be fetched. Is the registry of npm in reach?`);
  }
  return command;
}
