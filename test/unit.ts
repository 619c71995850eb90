/**
 * `npm run test:unit`: the tests of the product that need no server and no other process. Which
 * they are is read off their imports, so that nobody has to keep a list.
 */

import { spawnSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { commandLine } from '../shared/command-line/command-line.ts';

commandLine({
  name: 'npm run test:unit --',
  what: 'Runs the tests of the product that need no server and no other process.',
  options: {},
});

/** What starts servers and processes: packages of ours, and modules of tests that do so themselves. */
const starters = /from '(?:tds-sqlite|flexibee-server|abra-gen-server|functions-host|stand-in-kit)/;
const starts = /\.listen\(|\b(?:fork|spawn|execFile|Worker)\(/;

const known = new Map<string, boolean>();

/** Whether a module, or one that it imports, starts a server. Those of the product start none. */
function needsServer(file: string): boolean {
  const before = known.get(file);
  if (before !== undefined) return before;
  known.set(file, false);
  const text = readFileSync(file, 'utf8');
  const isOurs = /^(test|demo|bench)\//.test(file);
  const imports = [...text.matchAll(/(?:from|import\() ?'(\.[^']+\.ts)'/g)];
  const needs =
    starters.test(text) ||
    (isOurs && starts.test(text)) ||
    imports.some(([, path = '']) => needsServer(normalize(join(dirname(file), path))));
  known.set(file, needs);
  return needs;
}

const files = globSync('test/**/*.test.ts').filter((file) => !needsServer(file));
const flags = ['--disable-warning=ExperimentalWarning', '--test', '--test-concurrency=4'];
const { status } = spawnSync(process.execPath, [...flags, ...files], { stdio: 'inherit' });
process.exitCode = status ?? 1;
