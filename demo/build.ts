/** Builds the app into chunks that a Functions worker loads, and lays out what is deployed. */

import { cp, mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Metafile } from 'esbuild';
import manifest from '../package.json' with { type: 'json' };
import { commandLine } from '../shared/command-line/command-line.ts';
import { replaceFile } from '../shared/command-line/replace-file.ts';
import { billOfMaterials, packagesIn, thirdPartyLicences } from './build/bill-of-materials.ts';
import { bundle } from './build/bundle.ts';
import { makeCodeCache } from './build/code-cache.ts';
import { buildPage } from './build-page.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Two of each are no harm: they keep no state. pdfkit needs an older and a newer one. */
const stateless = ['base64-js'];

/** An app that was started before loads chunks of its own build, some of them hours later. */
const keptChunksMs = 24 * 60 * 60_000;

/** Of the folder, what Azure does not get. */
const ignored = ['*.map', 'local.settings*.json', '.funcignore'];

/**
 * Writes the folder that is deployed, exactly as it is: the chunks, the fonts, the page, `host.json`,
 * what of others is in it (`bom.cdx.json`, `THIRD-PARTY-LICENSES.txt`), and a `package.json` without
 * scripts and dependencies, so that a build in the cloud finds nothing to do.
 *
 * @param withCodeCache V8's, too, which takes some seconds: a worker wakes up quicker by it
 */
export async function packageApp(folder = 'dist/app', withCodeCache = false): Promise<void> {
  const target = resolve(root, folder);
  await mkdir(target, { recursive: true });
  await rm(resolve(target, 'code-cache'), { recursive: true, force: true });
  const page = await buildPage(resolve(target, 'page'));
  const app = await buildApp('functions/main.ts', folder);
  const packages = await packagesIn(root, [app, page]);
  await replaceFile(resolve(target, 'bom.cdx.json'), billOfMaterials(packages));
  await replaceFile(resolve(target, 'THIRD-PARTY-LICENSES.txt'), thirdPartyLicences(packages));
  const { name, version, license, engines } = manifest;
  const deployed = { name, version, license, private: true, main: 'main.cjs', engines };
  await replaceFile(resolve(target, 'package.json'), `${JSON.stringify(deployed, undefined, 2)}\n`);
  await cp(resolve(root, 'host.json'), resolve(target, 'host.json'));
  await writeFile(resolve(target, '.funcignore'), ignored.map((line) => `${line}\n`).join(''));
  const chunks = Object.keys(app.outputs).map((path) => basename(path));
  if (withCodeCache) await makeCodeCache(target, chunks);
}

/**
 * Writes `main.cjs`, the chunks that it loads (`bundle.ts`) and, beside them, the fonts of reports.
 *
 * @returns what it was made of
 * @throws Error for a bundle that holds one package twice: two copies of a library share no state
 */
export async function buildApp(entry: string, folder: string): Promise<Metafile> {
  const target = resolve(root, folder);
  const { files, metafile } = await bundle(root, entry, target);
  assertNoDoubles(metafile);
  await mkdir(target, { recursive: true });
  for (const { path, contents } of files) await replaceFile(path, contents);
  await removeOldChunks(target, new Set(files.map(({ path }) => path)));
  await cp(resolve(root, 'shared/dynsql/reports/fonts'), resolve(target, 'fonts'), {
    recursive: true,
  });
  return metafile;
}

/** Chunks of earlier builds may be needed by an app that runs since then. */
async function removeOldChunks(folder: string, current: ReadonlySet<string>): Promise<void> {
  for (const name of await readdir(folder)) {
    const path = resolve(folder, name);
    if (current.has(path) || !/-[0-9A-Z]{8}\.cjs(\.map)?$/.test(name)) continue;
    const { mtimeMs } = await stat(path);
    if (mtimeMs < Date.now() - keptChunksMs) await rm(path, { force: true });
  }
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
  const { quick } = commandLine({
    name: 'npm run build --',
    what: 'Builds the app into dist/app, the folder that is deployed.',
    options: { quick: { type: 'flag', help: 'not to be deployed: a worker wakes up slower' } },
  });
  await packageApp(undefined, !quick);
}
