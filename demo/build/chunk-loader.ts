/**
 * Begins `main.cjs`: chunks are run with V8's code cache, which was made when the app was built
 * (`code-cache.ts`), so that a worker that wakes up compiles next to nothing. Whatever is wrong
 * with the cache, a chunk is compiled as without it.
 */

import { existsSync, readFileSync } from 'node:fs';
import Module, { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { Script } from 'node:vm';
import { crc32 } from 'node:zlib';

type Load = (module: NodeModule, path: string) => void;

/** By the ending of a file's name; Node has none for `.cjs`, and takes that of `.js`. */
const loaders = (Module as unknown as { _extensions: Record<string, Load> })._extensions;

/**
 * Where the cache of this very V8 is. V8 itself compares its version and its flags, but not what
 * Node has patched in it, nor how it was built.
 */
export function cacheFolder(app: string): string {
  const { versions, platform, arch, config } = process;
  const built = Object.entries(config.variables).filter(([name]) => name.startsWith('v8_'));
  const digest = crc32(JSON.stringify(built)).toString(16).padStart(8, '0');
  return join(app, 'code-cache', `${versions.v8}-${platform}-${arch}-${digest}`);
}

/** Lines and columns are those of the chunk. */
export function compileChunk(path: string, source: Buffer, cachedData?: Buffer): Script {
  const text = `(function (exports, require, module, __filename, __dirname) {\n${source}\n})`;
  return new Script(text, { filename: path, lineOffset: -1, ...(cachedData && { cachedData }) });
}

/**
 * Has the chunks in `app` run from the script that `scriptOf` gives, as Node runs a module;
 * undefined: Node does it.
 */
export function loadChunksBy(app: string, scriptOf: (path: string) => Script | undefined): void {
  const plainly = loaders['.js'] as Load;
  loaders['.cjs'] = (module, path) => {
    const script = dirname(path) === app ? scriptOf(path) : undefined;
    if (script === undefined) return plainly(module, path);
    const own = module.exports;
    script.runInThisContext().call(own, own, createRequire(path), module, path, app);
  };
}

/** Of the source, too: V8 compares its length alone, and believes whatever cache it is given. */
const checksum = (source: Buffer, cache: Buffer): number => crc32(cache, crc32(source));

/** What a file of the cache holds. The checksum comes last, since V8 copies what is not aligned. */
export function storedCache(source: Buffer, cache: Buffer): Buffer {
  const end = Buffer.alloc(4);
  end.writeUInt32LE(checksum(source, cache));
  return Buffer.concat([cache, end]);
}

/** Undefined: it is of another source, or damaged. */
function soundCache(source: Buffer, stored: Buffer): Buffer | undefined {
  if (stored.length < 4) return undefined;
  const cache = stored.subarray(0, -4);
  return checksum(source, cache) === stored.readUInt32LE(cache.length) ? cache : undefined;
}

/**
 * Says where the cache that is there is of no use: a start takes longer then, and nobody would know.
 *
 * @param app the folder of `main.cjs`, the chunks and their cache
 */
export function useCodeCache(app: string): void {
  // Before Node 22.2 there is no checksum.
  if (crc32 === undefined || '.cjs' in loaders) return;
  const folder = cacheFolder(app);
  if (!existsSync(dirname(folder))) return;
  if (!existsSync(folder)) {
    tell(`there is none of ${basename(folder)}`);
    return;
  }
  loadChunksBy(app, (path) => {
    try {
      const source = readFileSync(path);
      const cache = soundCache(source, readFileSync(join(folder, basename(path))));
      if (cache === undefined) return undefined;
      const script = compileChunk(path, source, cache);
      if (script.cachedDataRejected) {
        // As it will be with every other chunk.
        delete loaders['.cjs'];
        tell('V8 refuses it, since Node was started with options of V8');
      }
      return script;
    } catch {
      return undefined;
    }
  });
}

function tell(why: string): void {
  console.info(`syncboard wakes up without its code cache: ${why} (Node ${process.version})`);
}
