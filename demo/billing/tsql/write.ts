/** `npm run demo:sql -- --out <folder>`: writes the demo's T-SQL out, for sqlcmd and for reading. */

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { demoFiles, textOf } from './index.ts';

const { out } = parseArgs({ options: { out: { type: 'string' } } }).values;
if (out) {
  await mkdir(out, { recursive: true });
  for (const file of demoFiles()) await writeFile(join(out, file.name), textOf(file));
} else {
  console.error('--out: expected a folder for the files: npm run demo:sql -- --out <folder>');
  process.exitCode = 1;
}
