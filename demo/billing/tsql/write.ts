/** `npm run demo:sql -- --out <folder>`: writes the demo's T-SQL out, for sqlcmd and for reading. */

<<<<<<< HEAD
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
=======
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { commandLine } from '../../../shared/command-line/command-line.ts';
import { demoFiles } from './index.ts';

commandLine({
  name: 'npm run demo:sql --',
  what: 'Writes sql/demo anew, the T-SQL of the demo billing, from the definitions in demo/billing.',
  options: {},
});
const folder = new URL('../../../sql/demo/', import.meta.url);

await rm(folder, { recursive: true, force: true });
await mkdir(folder, { recursive: true });
for (const { name, text } of demoFiles()) await writeFile(new URL(name, folder), text);
>>>>>>> main
