/** `npm run demo:sql`: writes `sql/demo/` anew. */

import { mkdir, rm, writeFile } from 'node:fs/promises';
import { demoFiles } from './index.ts';

const folder = new URL('../../../sql/demo/', import.meta.url);

await rm(folder, { recursive: true, force: true });
await mkdir(folder, { recursive: true });
for (const { name, text } of demoFiles()) await writeFile(new URL(name, folder), text);
