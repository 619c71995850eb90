import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { heavy, readChunk, startFaults } from '../demo/build/check-start.ts';
import { packageApp } from '../demo/build.ts';

test('what is deployed needs no build: chunks, fonts, the page, host.json, a bare package.json', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'packaged-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  await packageApp(folder);
  const files = await readdir(folder, { recursive: true });
  const isOfPage = (name: string) => name.startsWith('page/');
  const isChunk = (name: string) => !isOfPage(name) && /-[0-9A-Z]{8}\.cjs(\.map)?$/.test(name);
  assert.deepEqual(files.filter((name) => !isOfPage(name) && !isChunk(name)).sort(), [
    '.funcignore',
    'THIRD-PARTY-LICENSES.txt',
    'app.cjs',
    'app.cjs.map',
    'bom.cdx.json',
    'fonts',
    'fonts/DejaVu-LICENSE.txt',
    'fonts/DejaVuSansCondensed-Bold.ttf',
    'fonts/DejaVuSansCondensed.ttf',
    'host.json',
    'main.cjs',
    'package.json',
    'page',
  ]);
  // Kept for good by browsers: another content has another name.
  const named = /^page\/(index\.html|[\w-]+-[0-9A-Z]{8}\.(js|css|svg))(\.br|\.gz)?$/;
  for (const name of files.filter(isOfPage)) assert.match(name, named);
  assert.ok(files.includes('page/index.html.br'));
  // By these the check of a start knows which packages are in what it reads.
  const chunks = files.filter((name) => name.endsWith('.cjs') && name !== 'main.cjs');
  const read = await Promise.all(chunks.map((name) => readChunk(join(folder, name))));
  const faults = startFaults('at the start', read).join('\n');
  for (const name of [...heavy, 'bytes are loaded']) assert.ok(faults.includes(name), name);
  const { scripts, dependencies, devDependencies, type, main, engines } = JSON.parse(
    await readFile(join(folder, 'package.json'), 'utf8'),
  );
  assert.deepEqual([scripts, dependencies, devDependencies, type], new Array(4).fill(undefined));
  assert.equal(main, 'main.cjs');
  assert.equal(engines.node, '>=22');
  const ofProject = await readFile(new URL('../host.json', import.meta.url), 'utf8');
  assert.equal(await readFile(join(folder, 'host.json'), 'utf8'), ofProject);
});
