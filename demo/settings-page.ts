/** `npm run docs:settings`: writes docs/settings.md from what settings are said to be. */

import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { commandLine } from '../shared/command-line/command-line.ts';
import { settingsPage } from '../shared/settings/descriptions.ts';

commandLine({
  name: 'npm run docs:settings --',
  what: 'Writes docs/settings.md from shared/settings/descriptions.ts.',
  options: {},
});
writeFileSync(fileURLToPath(new URL('../docs/settings.md', import.meta.url)), settingsPage());
