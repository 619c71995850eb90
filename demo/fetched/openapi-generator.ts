/**
 * openapi-typescript asks for TypeScript 5's API, which weighs more than all of the page: it is
 * fetched by whoever changes a route, or plays the test of a generated client.
 */

import { fileURLToPath } from 'node:url';
import { fetchedCommand } from './fetched-command.ts';

/**
 * @returns the path of its command, for Node
 * @throws Error where it is not there and cannot be fetched
 */
export const openApiGenerator = (): string =>
  fetchedCommand({
    folder: fileURLToPath(new URL('openapi-generator', import.meta.url)),
    name: 'openapi-typescript',
    path: 'openapi-typescript/bin/cli.js',
  });
