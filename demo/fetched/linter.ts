/**
 * Biome weighs a third of what everything else does together: it is fetched by whoever changes
 * something here, and not by whoever looks at it.
 */

import { fileURLToPath } from 'node:url';
import { fetchedCommand } from './fetched-command.ts';

/**
 * @returns the path of its command, for Node
 * @throws Error where it is not there and cannot be fetched
 */
export const linter = (): string =>
  fetchedCommand({
    folder: fileURLToPath(new URL('linter', import.meta.url)),
    name: 'Biome, the linter',
    path: '@biomejs/biome/bin/biome',
  });
