/** Builds the app into one file that a Functions worker loads, and lays out what is deployed. */

import { cp, mkdir, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Metafile, stop } from 'esbuild';
import manifest from '../package.json' with { type: 'json' };
import { commandLine } from '../shared/command-line/command-line.ts';
import { buildPage } from './build-page.ts';
import { replaceFile } from './replace-file.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Two of each are no harm: they keep no state. pdfkit needs an older and a newer one. */
const stateless = ['base64-js'];

/** Of the folder, what Azure does not get. */
const ignored = ['*.map', 'local.settings*.json', '.funcignore'];

/**
 * Writes the folder that is deployed, exactly as it is: the bundle with its fonts, the page, `host.json` and
 * a `package.json` without scripts and dependencies, so that a build in the cloud finds nothing to
 * do.
 */
export async function packageApp(folder = 'dist/app'): Promise<void> {
  const target = resolve(root, folder);
  await mkdir(target, { recursive: true });
  await buildPage(resolve(target, 'page'));
  await buildApp('functions/main.ts', folder);
  const { name, version, license, engines } = manifest;
  const deployed = { name, version, license, private: true, main: 'main.cjs', engines };
  await replaceFile(resolve(target, 'package.json'), `${JSON.stringify(deployed, undefined, 2)}\n`);
  await cp(resolve(root, 'host.json'), resolve(target, 'host.json'));
  await writeFile(resolve(target, '.funcignore'), ignored.map((line) => `${line}\n`).join(''));
}

/**
 * Writes `main.cjs` (CommonJS: the worker supplies `@azure/functions-core` to `require`) and, beside
 * it, the fonts of reports.
 *
 * @throws Error for a bundle that holds one package twice: two copies of a library share no state
 */
export async function buildApp(entry: string, folder: string): Promise<void> {
  const result = await build({
    absWorkingDir: root,
    entryPoints: [entry],
    outfile: resolve(root, folder, 'main.cjs'),
    bundle: true,
    platform: 'node',
    target: 'node22',
    format: 'cjs',
    sourcemap: 'linked',
    legalComments: 'none',
    metafile: true,
    write: false,
    logLevel: 'warning',
    // Some libraries ask an ES module's question, which a CommonJS bundle must answer.
    banner: { js: "const bundleUrl = require('node:url').pathToFileURL(__filename).href;" },
    define: { 'import.meta.url': 'bundleUrl' },
    // Supplied by the Functions worker at run time; not on any registry.
    external: ['@azure/functions-core'],
  });
  // Its service process would otherwise stay as long as we do, with 300 MB.
  await stop();
  assertNoDoubles(result.metafile);
  await mkdir(resolve(root, folder), { recursive: true });
  for (const { path, contents } of result.outputFiles) await replaceFile(path, contents);
  await cp(resolve(root, 'shared/dynsql/reports/fonts'), resolve(root, folder, 'fonts'), {
    recursive: true,
  });
}

function assertNoDoubles(metafile: Metafile): void {
  const homes = new Map<string, Set<string>>();
  for (const input of Object.keys(metafile.inputs)) {
    const [, home, name] = /^(.*node_modules\/((?:@[^/]+\/)?[^/]+))\//.exec(input) ?? [];
    if (home === undefined || name === undefined) continue;
    homes.set(name, (homes.get(name) ?? new Set()).add(home));
  }
  const doubles = [...homes].filter(
    ([name, places]) => places.size > 1 && !stateless.includes(name),
  );
  if (doubles.length === 0) return;
  const lines = doubles.map(([name, places]) => `${name}: ${[...places].join(', ')}`);
  throw new Error(`The bundle holds packages more than once:\n${lines.join('\n')}`);
}

if (import.meta.main) {
  commandLine({
    name: 'npm run build --',
    what: 'Builds the app into dist/app, the folder that is deployed.',
    options: {},
  });
  await packageApp();
}
