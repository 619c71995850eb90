/**
 * openapi-typescript asks for TypeScript 5's API, which weighs more than all of the page: it is
 * fetched by whoever changes a route, or plays the test of a generated client.
 */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fillModules } from './fill-modules.mjs';

const folder = fileURLToPath(new URL('openapi-generator', import.meta.url));

/**
 * @returns the path of its command, for Node
 * @throws Error where it is not there and cannot be fetched; npm has told why
 */
export function openApiGenerator(): string {
  const command = join(folder, 'node_modules/openapi-typescript/bin/cli.js');
  if (!existsSync(command) && !fillModules(folder)) {
    throw new Error('openapi-typescript is not here, and could not be fetched');
  }
  return command;
}
