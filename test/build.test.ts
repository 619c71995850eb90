import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { packageApp } from '../demo/build.ts';

test('what is deployed needs no build: chunks, fonts, host.json, a bare package.json', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'packaged-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  await packageApp(folder);
  const files = await readdir(folder, { recursive: true });
  const isChunk = (name: string) => /-[0-9A-Z]{8}\.cjs(\.map)?$/.test(name);
  assert.deepEqual(files.filter((name) => !isChunk(name)).sort(), [
    '.funcignore',
    'app.cjs',
    'app.cjs.map',
    'fonts',
    'fonts/DejaVu-LICENSE.txt',
    'fonts/DejaVuSansCondensed-Bold.ttf',
    'fonts/DejaVuSansCondensed.ttf',
    'host.json',
    'main.cjs',
    'package.json',
  ]);
  const { scripts, dependencies, devDependencies, type, main, engines } = JSON.parse(
    await readFile(join(folder, 'package.json'), 'utf8'),
  );
  assert.deepEqual([scripts, dependencies, devDependencies, type], new Array(4).fill(undefined));
  assert.equal(main, 'main.cjs');
  assert.equal(engines.node, '>=22');
  const ofProject = await readFile(new URL('../host.json', import.meta.url), 'utf8');
  assert.equal(await readFile(join(folder, 'host.json'), 'utf8'), ofProject);
});
