/** Whatever is in the place of a chunk's code cache, the app is the same. */

import assert from 'node:assert/strict';
import { execFileSync, fork } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { cacheFolder, storedCache } from '../../demo/build/chunk-loader.ts';
import { buildApp } from '../../demo/build.ts';

const pathOf = (name: string) => fileURLToPath(import.meta.resolve(name));
const uses = pathOf('./code-cache-uses.ts');
const recorder = pathOf('../../demo/build/record-code-cache.ts');

let home: string;
let built: string;
let chunks: string[];
let printedWithout: string;

before(async () => {
  home = await mkdtemp(join(tmpdir(), 'code-cache-'));
  built = join(home, 'built');
  await buildApp(pathOf('./small-app.ts'), built);
  const files = await readdir(built);
  chunks = files.filter((name) => name.endsWith('.cjs') && name !== 'main.cjs');
  printedWithout = play(built, ['--import', uses]);
  const recording = fork(join(built, 'main.cjs'), {
    env: { RECORDED_APP: built, RECORDED_CHUNKS: chunks.join(' ') },
    execArgv: ['--disable-warning=ExperimentalWarning', '--import', recorder],
  });
  recording.send('record');
  await once(recording, 'message');
  recording.kill('SIGKILL');
});
after(() => rm(home, { recursive: true, force: true }));

/** What a process prints that uses the app. */
function play(app: string, nodeArgv: string[]): string {
  const script = `const app = require(${JSON.stringify(join(app, 'main.cjs'))});
    console.log(app.checked(7), app.whereItFails());`;
  const argv = ['--disable-warning=ExperimentalWarning', ...nodeArgv, '--eval', script];
  return execFileSync(process.execPath, argv, { encoding: 'utf8', env: {} });
}

/** The cache of a chunk, without its checksum. */
const cacheOf = async (file: string) => (await readFile(file)).subarray(0, -4);

const said = (why: string) =>
  `syncboard wakes up without its code cache: ${why} (Node ${process.version})\n`;
const refused = `code cache of app.cjs: rejected\n${said('V8 refuses it, since Node was started with options of V8')}`;

type Damage = (file: string, source: Buffer) => unknown;

/** Each file of the cache in turn, and what becomes of it. */
const damages: Record<string, { how: Damage; isRejected?: true }> = {
  'is not there': { how: (file) => rm(file) },
  'is empty': { how: (file) => writeFile(file, '') },
  'is cut short': { how: async (file) => writeFile(file, (await readFile(file)).subarray(0, 900)) },
  'has another byte': {
    how: async (file) => {
      const bytes = await readFile(file);
      bytes.writeUInt8(bytes.readUInt8(bytes.length >> 1) ^ 1, bytes.length >> 1);
      await writeFile(file, bytes);
    },
  },
  'is a folder': {
    how: async (file) => {
      await rm(file);
      await mkdir(file);
    },
  },
  'is of another chunk of the same length': {
    how: async (file, source) => {
      const other = Buffer.from(source);
      other.write('//');
      await writeFile(file, storedCache(other, await cacheOf(file)));
    },
  },
  'is of another V8, whole and in our place': {
    how: async (file, source) => {
      const cache = Buffer.from(await cacheOf(file));
      // The second number of V8's own head is its version.
      cache.writeUInt32LE(cache.readUInt32LE(4) ^ 1, 4);
      await writeFile(file, storedCache(source, cache));
    },
    isRejected: true,
  },
};

/** A copy of the app, and what it prints where there is no code cache. */
async function copyOf(name: string) {
  const app = join(home, name);
  await cp(built, app, { recursive: true });
  return { app, plain: printedWithout.replaceAll(built, app) };
}

test('by its code cache an app is what it is without', async () => {
  const { app, plain } = await copyOf('whole');
  assert.match(plain, /^7 .*app\.cjs:\d+:\d+/);
  const printed = play(app, ['--import', uses]);
  for (const name of chunks) assert.ok(printed.includes(`code cache of ${name}: taken`), printed);
  assert.equal(printed.replace(/^code cache.*\n/gm, ''), plain);
});

for (const [name, { how, isRejected }] of Object.entries(damages)) {
  test(`a code cache that ${name} is as good as none`, async () => {
    const { app, plain } = await copyOf(name);
    for (const chunk of chunks) {
      await how(join(cacheFolder(app), chunk), await readFile(join(app, chunk)));
    }
    assert.equal(play(app, ['--import', uses]), (isRejected ? refused : '') + plain);
  });
}

test('a code cache of other flags is as good as none', async () => {
  const { app, plain } = await copyOf('flags');
  assert.equal(play(app, ['--import', uses, '--stack-size=900']), refused + plain);
});

test('a code cache of another Node is left alone, and that is said', async () => {
  const { app, plain } = await copyOf('node');
  const folder = cacheFolder(app);
  await rename(folder, join(dirname(folder), 'of-another'));
  assert.equal(play(app, ['--import', uses]), said(`there is none of ${basename(folder)}`) + plain);
});

test('a Node without checksums takes no code cache', async () => {
  const { app, plain } = await copyOf('without-checksums');
  const before22Point2 = "data:text/javascript,import zlib from 'node:zlib'; delete zlib.crc32;";
  assert.equal(play(app, ['--import', uses, '--import', before22Point2]), plain);
});

test('a chunk that is another one since then, of the same length, is run as it is', async () => {
  const { app, plain } = await copyOf('changed');
  const path = join(app, 'app.cjs');
  const source = await readFile(path, 'utf8');
  const changed = source.replace('parse(value)', 'parse(8    )');
  assert.notEqual(changed, source);
  await writeFile(path, changed);
  const printed = play(app, ['--import', uses]);
  assert.doesNotMatch(printed, /app\.cjs: /);
  assert.equal(printed.replace(/^code cache.*\n/gm, ''), plain.replace('7', '8'));
});
