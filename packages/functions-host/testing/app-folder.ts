/** Folders with a built app, as a deployment would leave them. */

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

export interface AppFolder {
  directory: string;
  remove(): Promise<void>;
}

export interface AppFolderOptions {
  /** TypeScript source; a file of this repository or the text itself. */
  source: URL | string;
  hostJson?: object;
  /** Members over those of the usual package.json. */
  packageJson?: object;
  /** Members of local.settings.json's `Values`. */
  settings?: Record<string, string>;
  format?: 'cjs' | 'esm';
}

const root = fileURLToPath(new URL('../../../', import.meta.url));

/** Bundles the source the way the product is bundled and lays the files around it. */
export async function createAppFolder(options: AppFolderOptions): Promise<AppFolder> {
  const { source, format = 'cjs' } = options;
  const directory = await mkdtemp(join(tmpdir(), 'app-'));
  const main = format === 'cjs' ? 'dist/main.cjs' : 'dist/main.mjs';
  await build({
    ...(source instanceof URL
      ? { entryPoints: [fileURLToPath(source)] }
      : { stdin: { contents: source, loader: 'ts', resolveDir: root } }),
    bundle: true,
    platform: 'node',
    target: 'node22',
    format,
    outfile: join(directory, main),
    external: ['@azure/functions-core'],
    // A bundle of ES modules has no `require` for the CommonJS packages in it.
    ...(format === 'esm'
      ? {
          banner: {
            js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);",
          },
        }
      : {
          banner: { js: "const bundleUrl = require('node:url').pathToFileURL(__filename).href;" },
          define: { 'import.meta.url': 'bundleUrl' },
        }),
    logLevel: 'silent',
  });
  const write = (name: string, json: object): Promise<void> =>
    writeFile(join(directory, name), JSON.stringify(json));
  await write('package.json', { main, ...options.packageJson });
  await write('host.json', { version: '2.0', ...options.hostJson });
  if (options.settings) {
    await write('local.settings.json', { IsEncrypted: false, Values: options.settings });
  }
  return { directory, remove: () => rm(directory, { recursive: true, force: true }) };
}
