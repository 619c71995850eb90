/** A client that is generated from the document compiles strictly, without casts, and works. */

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { copyFile, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { openApiGenerator } from '../../demo/fetched/openapi-generator.ts';
import { type PackagedApp, startPackagedApp } from '../support/packaged-app.ts';

const run = promisify(execFile);
const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const modules = here('../../node_modules');
let app: PackagedApp;
let folder: string;
before(async () => {
  app = await startPackagedApp();
  folder = await mkdtemp(join(tmpdir(), 'client-'));
  await symlink(modules, join(folder, 'node_modules'));
  await copyFile(here('client/client.ts'), join(folder, 'client.ts'));
  await writeFile(join(folder, 'package.json'), '{"type": "module"}');
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files }));
});
after(async () => {
  await app.close();
  await rm(folder, { recursive: true, force: true });
});

const files = ['client.ts'];
const compilerOptions = {
  target: 'es2023',
  lib: ['es2024', 'dom'],
  module: 'nodenext',
  types: ['node'],
  noEmit: true,
  strict: true,
  noUncheckedIndexedAccess: true,
  exactOptionalPropertyTypes: true,
  verbatimModuleSyntax: true,
  allowImportingTsExtensions: true,
};

/** The output of a program that must succeed. */
async function output(script: string, ...args: string[]): Promise<string> {
  const options = { cwd: folder, env: { ...process.env, APP_URL: app.url }, timeout: 240_000 };
  const node = ['--disable-warning=ExperimentalWarning', script, ...args];
  const done = await run(process.execPath, node, options).catch((error) =>
    assert.fail(`${script}: ${error.stdout}${error.stderr}`),
  );
  return done.stdout;
}

test('openapi-typescript makes a client of it that compiles strictly and works', async () => {
  await output(openApiGenerator(), `${app.url}/openapi.json`, '--output', join(folder, 'api.ts'));
  await output(join(modules, 'typescript/lib/tsc.js'), '--project', folder);
  assert.match(await output(join(folder, 'client.ts')), /worked/);
});
