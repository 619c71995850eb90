/**
 * Loaded before an app that is then used as it will be: when its owner says so, what V8 has compiled
 * of each chunk is written down, the functions that were called by then with it.
 */

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import type { Script } from 'node:vm';
import { cacheFolder, compileChunk, loadChunksBy, storedCache } from './chunk-loader.ts';

/** Set by `code-cache.ts`: the app's folder, and the names of its chunks. */
const { RECORDED_APP: app = '', RECORDED_CHUNKS: names = '' } = process.env;
const chunks = names.split(' ');
const recorded = new Map<string, { source: Buffer; script: Script }>();

loadChunksBy(app, (path) => {
  if (!chunks.includes(basename(path))) return undefined;
  const source = readFileSync(path);
  const script = compileChunk(path, source);
  recorded.set(path, { source, script });
  return script;
});

process.once('message', () => {
  const require = createRequire(import.meta.url);
  // Of what nobody has needed yet, what loading it needs.
  for (const name of chunks) require(join(app, name));
  const folder = cacheFolder(app);
  mkdirSync(folder, { recursive: true });
  for (const [path, { source, script }] of recorded) {
    writeFileSync(join(folder, basename(path)), storedCache(source, script.createCachedData()));
  }
  process.send?.('recorded');
});
