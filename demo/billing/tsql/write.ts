/** `npm run demo:sql -- --out FOLDER`: writes the demo's T-SQL out, for sqlcmd and for reading. */

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CommandLineEnd, commandLine } from '../../../shared/command-line/command-line.ts';
import { demoFiles, textOf } from './index.ts';

async function main(): Promise<void> {
  const { out } = commandLine({
    name: 'npm run demo:sql --',
    what: 'Writes the T-SQL of the demo billing out, for sqlcmd and for reading.',
    options: { out: { type: 'text', value: 'FOLDER', help: 'where to; made if it is not there' } },
  });
  if (!out) throw new CommandLineEnd('--out is missing: a folder for the files', 2);
  await mkdir(out, { recursive: true });
  for (const file of demoFiles()) await writeFile(join(out, file.name), textOf(file));
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = error instanceof CommandLineEnd ? error.exitCode : 1;
}
