import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { startHostProcess } from 'functions-host/testing/host-process';
import { heavy, readChunk, startFaults } from '../demo/build/check-start.ts';
import { cacheFolder } from '../demo/build/chunk-loader.ts';
import { packageApp } from '../demo/build.ts';
import sample from '../local.settings.sample.json' with { type: 'json' };
import { startOtlpReceiver } from './telemetry/otlp-receiver.ts';

let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'packaged-'));
  await packageApp(folder, true);
});
after(() => rm(folder, { recursive: true, force: true }));

/** Says of each chunk whether V8 took its code cache. */
const uses = ['--import', import.meta.resolve('./build/code-cache-uses.ts')];
const usesIn = (lines: readonly string[]) => lines.filter((line) => /^code cache/.test(line));

test('what is deployed needs no build: chunks, fonts, the page, host.json, a bare package.json', async () => {
  const files = await readdir(folder, { recursive: true });
  const isOfPage = (name: string) => name.startsWith('page/');
  const isOfCache = (name: string) => name.startsWith('code-cache/');
  const isChunk = (name: string) => !isOfPage(name) && /-[0-9A-Z]{8}\.cjs(\.map)?$/.test(name);
  const others = files.filter((name) => !isOfPage(name) && !isOfCache(name) && !isChunk(name));
  assert.deepEqual(others.sort(), [
    '.funcignore',
    'THIRD-PARTY-LICENSES.txt',
    'app.cjs',
    'app.cjs.map',
    'bom.cdx.json',
    'code-cache',
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
  const chunks = files.filter((name) => /^[^/]+(?<!^main)\.cjs$/.test(name));
  assert.deepEqual((await readdir(cacheFolder(folder))).sort(), chunks.sort());
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

test('what is deployed starts with every exporter of telemetry, and tells by OTLP', async (t) => {
  const receiver = await startOtlpReceiver();
  t.after(() => receiver.close());
  const app = await startHostProcess(
    folder,
    {
      ...sample.Values,
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      AZURE_MONITOR: 'true',
      APPLICATIONINSIGHTS_CONNECTION_STRING: `InstrumentationKey=${randomUUID()};IngestionEndpoint=${receiver.url}`,
      APPLICATION_INSIGHTS_NO_STATSBEAT: 'true',
    },
    uses,
  );
  assert.ok(app.ready, app.lines.join('\n'));
  const { status } = await fetch(`${app.url}/valid_codes`);
  assert.equal(status, 200);
  await app.stop();
  const taken = usesIn(app.lines);
  assert.ok(taken.length > 10 && taken.every((line) => line.endsWith('taken')), taken.join('\n'));
  const paths = new Set(receiver.bodies.map(({ path }) => path));
  for (const path of ['/v1/traces', '/v1/metrics']) assert.ok(paths.has(path), path);
  assert.ok(receiver.spans.some(({ name }) => name === 'GET valid_codes'));
});

test('what is deployed starts all the same where its code cache is damaged', async () => {
  for (const name of await readdir(cacheFolder(folder))) {
    await truncate(join(cacheFolder(folder), name), 1_000);
  }
  const app = await startHostProcess(folder, sample.Values, uses);
  assert.ok(app.ready, app.lines.join('\n'));
  const { status } = await fetch(`${app.url}/valid_codes`);
  await app.stop();
  assert.deepEqual([status, usesIn(app.lines)], [200, []]);
});
