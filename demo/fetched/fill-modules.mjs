/** Packages that few need are not in the repository's lock: a folder has them, with one of its own. */

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * `npm ci` there, without scripts. @returns whether all is there; npm has told why not.
 *
 * @param {string} folder with a `package.json` and a `package-lock.json`
 */
export function fillModules(folder) {
  const npm = process.env.npm_execpath;
  const [command, ...first] = npm?.endsWith('npm-cli.js') ? [process.execPath, npm] : ['npm'];
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error'];
  const { status } = spawnSync(command, [...first, 'ci', '--ignore-scripts', ...quiet], {
    cwd: folder,
    // What it says is of use where it fails, and is no output of ours.
    stdio: ['ignore', 'ignore', 'inherit'],
    shell: process.platform === 'win32' && first.length === 0,
  });
  return status === 0;
}

/**
 * @param {string} folder as `fillModules` takes it
 * @returns whether what lies there is whole, and what its lock has today: npm writes down what it has
 *   brought when it is through, and leaves out what is optional and for other machines
 */
export function modulesAreAsLocked(folder) {
  const file = join(folder, 'node_modules', '.package-lock.json');
  const there = existsSync(file) ? packagesOf(file) : {};
  const locked = packagesOf(join(folder, 'package-lock.json'));
  return Object.entries(locked).every(([path, { integrity, optional }]) => {
    const found = there[path];
    return path === '' || (found === undefined ? optional === true : found.integrity === integrity);
  });
}

const packagesOf = (file) => JSON.parse(readFileSync(file, 'utf8')).packages;
