/**
 * The app as CommonJS in chunks: esbuild splits ES modules only, so each chunk is made CommonJS
 * afterwards, and what it needs is read at once, when it is first needed.
 */

import { basename, join } from 'node:path';
import { build, type Metafile, type OutputFile, stop, transform } from 'esbuild';
import { lazyModules, requireChunks } from './lazy-modules.ts';

export interface Bundle {
  /**
   * `main.cjs` and the chunks. The entry's comes last: it names the others, whose names follow from
   * what is in them.
   */
  files: readonly Pick<OutputFile, 'path' | 'contents'>[];
  metafile: Metafile;
}

const entryName = 'app';
/** What `main.cjs` loads. */
const entryChunk = `${entryName}.cjs`;

/** Some libraries ask an ES module's question. */
const moduleUrl = "const bundleUrl = require('node:url').pathToFileURL(__filename).href;";

/**
 * @param entry path of a module below `root`
 * @param folder where the files are to be; nothing is written
 */
export async function bundle(root: string, entry: string, folder: string): Promise<Bundle> {
  try {
    const { outputFiles, metafile } = await build({
      absWorkingDir: root,
      entryPoints: { [entryName]: entry },
      outdir: folder,
      outExtension: { '.js': '.cjs' },
      chunkNames: '[name]-[hash]',
      bundle: true,
      splitting: true,
      platform: 'node',
      target: 'node22',
      format: 'esm',
      sourcemap: 'inline',
      sourcesContent: false,
      legalComments: 'none',
      metafile: true,
      write: false,
      logLevel: 'warning',
      plugins: [lazyModules(root)],
      // Supplied by the Functions worker at run time; not on any registry.
      external: ['@azure/functions-core'],
    });
    const entryOf = commonJsEntries(metafile);
    const files = await Promise.all(outputFiles.map((file) => commonJs(file, entryOf)));
    const isEntry = ({ path }: { path: string }) => basename(path) === entryChunk;
    const main = { path: join(folder, 'main.cjs'), contents: await mainFile(root) };
    const all = [main, ...files.flat()];
    return { files: [...all.filter((file) => !isEntry(file)), ...all.filter(isEntry)], metafile };
  } finally {
    // Its service process would otherwise stay as long as we do, with 300 MB.
    await stop();
  }
}

/** `main.cjs`: `chunk-loader.ts`, and the entry by it. */
async function mainFile(root: string): Promise<OutputFile['contents']> {
  const {
    outputFiles: [main],
  } = await build({
    stdin: {
      contents: "import { useCodeCache } from './chunk-loader.ts'; useCodeCache(__dirname);",
      resolveDir: import.meta.dirname,
    },
    footer: { js: `module.exports = require('./${entryChunk}').default;` },
    absWorkingDir: root,
    bundle: true,
    platform: 'node',
    target: 'node22',
    format: 'cjs',
    minifySyntax: true,
    write: false,
    logLevel: 'warning',
  });
  if (main === undefined) throw new Error('esbuild has made no main.cjs');
  return main.contents;
}

/** By the name that chunks call it by: the module that it is of, where that is CommonJS. */
function commonJsEntries({ outputs }: Metafile): (chunk: string) => string | undefined {
  const entries = new Map<string, string>();
  for (const [path, { entryPoint, exports }] of Object.entries(outputs)) {
    const isCommonJs = exports.length === 1 && exports[0] === 'default';
    if (entryPoint !== undefined && isCommonJs) entries.set(`./${basename(path)}`, entryPoint);
  }
  return (chunk) => entries.get(chunk);
}

async function commonJs(
  { path, text }: OutputFile,
  entryOf: ReturnType<typeof commonJsEntries>,
): Promise<Bundle['files']> {
  const { code, map } = await transform(requireChunks(text, entryOf), {
    format: 'cjs',
    platform: 'node',
    target: 'node22',
    // `require()` in their place, as everywhere else.
    supported: { 'dynamic-import': false },
    minifyWhitespace: true,
    // An error that nobody catches shows its line.
    lineLimit: 160,
    sourcemap: 'external',
    sourcesContent: false,
    sourcefile: path,
    // Its warnings were told when the chunks were made.
    logLevel: 'error',
    define: { 'import.meta.url': 'bundleUrl' },
    ...(text.includes('import.meta.url') && { banner: moduleUrl }),
  });
  return [
    { path, contents: Buffer.from(`${code}//# sourceMappingURL=${basename(path)}.map\n`) },
    { path: `${path}.map`, contents: Buffer.from(map) },
  ];
}
