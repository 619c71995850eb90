/** `npm run docs:settings`: writes what is made of what settings are said to be: the page, and the schema. */

import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { commandLine } from '../shared/command-line/command-line.ts';
import { settingsPage } from '../shared/settings/descriptions.ts';
import { settingsSchema } from '../shared/settings/settings-schema.ts';

commandLine({
  name: 'npm run docs:settings --',
  what: 'Writes docs/settings.md and local.settings.schema.json from shared/settings/descriptions.ts.',
  options: {},
});
const write = (path: string, text: string) =>
  writeFileSync(fileURLToPath(new URL(`../${path}`, import.meta.url)), text);
write('docs/settings.md', settingsPage());
write('local.settings.schema.json', `${JSON.stringify(settingsSchema(), undefined, 2)}\n`);
