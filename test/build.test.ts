import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { packageApp } from '../demo/build.ts';

test('what is deployed needs no build: a bundle, its fonts, the page, host.json, a bare package.json', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'packaged-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  await packageApp(folder);
  const files = await readdir(folder, { recursive: true });
  const isOfPage = (name: string) => name.startsWith('page/');
  assert.deepEqual(files.filter((name) => !isOfPage(name)).sort(), [
    '.funcignore',
    'fonts',
    'fonts/DejaVu-LICENSE.txt',
    'fonts/DejaVuSansCondensed-Bold.ttf',
    'fonts/DejaVuSansCondensed.ttf',
    'host.json',
    'main.cjs',
    'main.cjs.map',
    'package.json',
    'page',
  ]);
  // Kept for good by browsers: another content has another name.
  const named = /^page\/(index\.html|[\w-]+-[0-9A-Z]{8}\.(js|css|svg))(\.br|\.gz)?$/;
  for (const name of files.filter(isOfPage)) assert.match(name, named);
  assert.ok(files.includes('page/index.html.br'));
  const { scripts, dependencies, devDependencies, type, main, engines } = JSON.parse(
    await readFile(join(folder, 'package.json'), 'utf8'),
  );
  assert.deepEqual([scripts, dependencies, devDependencies, type], new Array(4).fill(undefined));
  assert.equal(main, 'main.cjs');
  assert.equal(engines.node, '>=22');
  const ofProject = await readFile(new URL('../host.json', import.meta.url), 'utf8');
  assert.equal(await readFile(join(folder, 'host.json'), 'utf8'), ofProject);
});
