/**
 * Modules of ours are evaluated when something of them is first used, not when they are imported,
 * and each package is a chunk of its own that is read then. The sources keep their plain imports.
 */

import { readFile } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import { dirname, relative, resolve } from 'node:path';
import { transform } from '@swc/core';
import type { Plugin } from 'esbuild';
import { checkedModule } from './checked-data.ts';

/** Marks an `import()` that is a `require()` once the chunks are CommonJS. */
const marker = '__requireChunk';

/** Registrations need them at once; the worker has the second one, and gives it to a `require` that it sees. */
const eager = ['@azure/functions', '@azure/functions-core'];

/** By themselves, esbuild would go by `"type": "module"` of our package.json. */
const namespace = 'lazily';

/** Loads all of it at its beginning, and needs it for one way of signing in. */
const libraryWithin = { name: '@azure/identity', importer: /\/tedious\/lib\// };

export function lazyModules(root: string): Plugin {
  return {
    name: 'lazy-modules',
    setup(build) {
      build.onResolve({ filter: /\.ts$/ }, ({ path, resolveDir }) => {
        const file = resolve(resolveDir, path);
        if (file.includes('node_modules')) return undefined;
        return { path: relative(root, file), namespace };
      });
      build.onLoad({ filter: /.*/, namespace }, async ({ path }) => {
        const file = resolve(root, path);
        const contents = checkedModule(path) ?? (await lazily(path, await readFile(file, 'utf8')));
        return { contents, loader: 'js', resolveDir: dirname(file) };
      });
      // As a module imports it: a package that has two forms would be there twice otherwise.
      build.onResolve(
        { filter: /^[^.]/ },
        async ({ path, importer, kind, resolveDir, ...rest }) => {
          if (kind !== 'require-call' || isBuiltin(path)) return undefined;
          if (rest.namespace === 'deferred') return undefined;
          if (path === libraryWithin.name && libraryWithin.importer.test(importer))
            return { path, namespace: 'deferred', pluginData: resolveDir };
          if (rest.namespace !== namespace && !path.startsWith('@azure/')) return undefined;
          if (path === '@azure/functions-core') return undefined;
          return await build.resolve(path, { kind: 'import-statement', importer, resolveDir });
        },
      );
      // Its messages in fifty languages are half of it, and it takes its own from elsewhere.
      build.onLoad({ filter: /\/zod\/v4\/locales\/index\.js$/ }, () => ({
        contents: "export { default as en } from './en.js';",
      }));
      build.onLoad({ filter: /.*/, namespace: 'deferred' }, ({ path, pluginData }) => ({
        contents: `module.exports = new Proxy({}, { get: (_, name) => ${requireChunk(path)}[name] });`,
        resolveDir: pluginData,
      }));
    },
  };
}

function requireChunk(name: string): string {
  return `${marker}(import(${JSON.stringify(name)}))`;
}

async function lazily(path: string, source: string): Promise<string> {
  const names = [...source.matchAll(/\bfrom '([^']+)'/g)].map(([, name = '']) => name);
  const { code } = await transform(source, {
    filename: path,
    swcrc: false,
    configFile: false,
    sourceMaps: 'inline',
    jsc: {
      target: 'esnext',
      externalHelpers: true,
      parser: { syntax: 'typescript' },
      transform: { verbatimModuleSyntax: true },
    },
    module: {
      type: 'commonjs',
      lazy: names,
      importInterop: 'node',
      ignoreDynamic: true,
    },
  });
  return code.replace(/\brequire\("([^".][^"]*)"\)/g, (call, name: string) =>
    isWithin(name) ? call : requireChunk(name),
  );
}

/** Whether it stays in the chunk that imports it. */
function isWithin(name: string): boolean {
  return (
    isBuiltin(name) ||
    eager.includes(name) ||
    name.startsWith('@swc/helpers/') ||
    name.endsWith('.json')
  );
}

/**
 * Makes the marked calls of a chunk those of CommonJS. The exports of a CommonJS module are the
 * member `default` of its chunk's, and are taken from there; an `import()` of a package's has them
 * by their names and as `default`, as Node gives them.
 *
 * @param code of a chunk, as an ES module
 * @param entryOf the CommonJS module that a chunk is of, if it is of one: `./zod-ABC.cjs`
 */
export function requireChunks(
  code: string,
  entryOf: (chunk: string) => string | undefined,
): string {
  const marked = new RegExp(`${marker}\\(import\\("([^"]+)"\\)\\)`, 'g');
  const required = code.replace(marked, (_, chunk: string) => {
    const call = `require(${JSON.stringify(chunk)})`;
    return entryOf(chunk) === undefined ? call : `${call}.default`;
  });
  if (required.includes(marker)) throw new Error(`A call of ${marker} has an unknown form`);
  return required.replace(/\bimport\("([^"]+)"\)/g, (call, chunk: string) => {
    const entry = entryOf(chunk);
    if (entry === undefined) return call;
    if (entry.startsWith(`${namespace}:`)) return `${call}.then((chunk) => chunk.default)`;
    return `${call}.then((chunk) => ({ ...chunk.default, default: chunk.default }))`;
  });
}
