/** `npm run demo:sql`: writes `sql/demo/` anew. */

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
