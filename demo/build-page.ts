/** Builds the operators' page: files whose names hold a digest of what is in them, and their smaller forms. */

import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { build, type Metafile } from 'esbuild';
import { replaceFile } from '../shared/command-line/replace-file.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Bytes of all files together as they are sent, by brotli, with the texts of one language. */
const mostBytes = 120 * 1_024;

/** What is smaller by less than this share is sent as it is. */
const worthShare = 0.9;

/**
 * Writes the page into `folder`, in place of what was there: `index.html`, a style sheet, a script
 * for each view and what they share, and beside each `.br` and `.gz`.
 *
 * @returns what it was made of
 * @throws Error where all of it is larger than the page may be
 */
export async function buildPage(folder: string): Promise<Metafile> {
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    entryPoints: {
      main: 'page/main.tsx',
      page: 'page/style/page.css',
      icon: 'page/style/icon.svg',
    },
    outdir: folder,
    entryNames: '[name]-[hash]',
    chunkNames: '[name]-[hash]',
    assetNames: '[name]-[hash]',
    bundle: true,
    splitting: true,
    minify: true,
    platform: 'browser',
    target: ['chrome129', 'firefox136', 'safari18'],
    format: 'esm',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    charset: 'utf8',
    loader: { '.svg': 'copy' },
    legalComments: 'none',
    metafile: true,
    write: false,
    logLevel: 'warning',
  });
  const files = new Map(
    outputFiles.map(({ path, contents }) => [basename(path), Buffer.from(contents)]),
  );
  files.set('index.html', Buffer.from(await index(metafile)));
  const forms = await Promise.all([...files].map(([name, contents]) => formsOf(name, contents)));
  const sent = sentBytes(forms, languageFiles(metafile));
  if (sent > mostBytes) throw new Error(`The page has ${sent} bytes; ${mostBytes} are allowed`);
  await replaceFiles(folder, forms.flat());
  return metafile;
}

/** Of each language the file of its texts, of which a reader loads one. */
function languageFiles(metafile: Metafile): Set<string> {
  const found = Object.entries(metafile.outputs).filter(([, { entryPoint = '' }]) =>
    /^page\/text\/\w+\/index\.ts$/.test(entryPoint),
  );
  return new Set(found.map(([path]) => basename(path)));
}

/** Of everything that somebody loads who looks at every view, in the language with most bytes. */
function sentBytes(forms: readonly NamedFile[][], languages: ReadonlySet<string>): number {
  const sizes = forms.map((all) => ({
    name: all[0]?.[0] ?? '',
    bytes: Math.min(...all.map(([, contents]) => contents.length)),
  }));
  const isOneOf = ({ name }: { name: string }) => languages.has(name);
  const others = sizes.filter((one) => !isOneOf(one)).reduce((sum, { bytes }) => sum + bytes, 0);
  return others + Math.max(0, ...sizes.filter(isOneOf).map(({ bytes }) => bytes));
}

/** The document, which names what is needed first. */
async function index(metafile: Metafile): Promise<string> {
  const template = await readFile(resolve(root, 'page/index.html'), 'utf8');
  const named = (source: string) => {
    const found = Object.entries(metafile.outputs).find(
      ([, { entryPoint }]) => entryPoint === source,
    );
    if (found === undefined) throw new Error(`${source} was not built`);
    return basename(found[0]);
  };
  const places: Readonly<Record<string, string>> = {
    icon: nameOfAsset(metafile, 'icon'),
    style: named('page/style/page.css'),
    script: named('page/main.tsx'),
  };
  return template.replace(/\{(\w+)\}/g, (_, name: string) => places[name] ?? '');
}

/** What is copied has no entry point in what esbuild tells. */
function nameOfAsset(metafile: Metafile, name: string): string {
  const found = Object.keys(metafile.outputs).find((path) => basename(path).startsWith(`${name}-`));
  if (found === undefined) throw new Error(`${name} was not built`);
  return basename(found);
}

type NamedFile = readonly [name: string, contents: Buffer];

async function formsOf(name: string, contents: Buffer): Promise<NamedFile[]> {
  const params = { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY };
  const forms: NamedFile[] = [
    [`${name}.br`, await promisify(brotliCompress)(contents, { params })],
    [`${name}.gz`, await promisify(gzip)(contents, { level: constants.Z_BEST_COMPRESSION })],
  ];
  const worth = forms.filter(([, form]) => form.length < contents.length * worthShare);
  return [[name, contents], ...worth];
}

/** The index last, and then what no index names any more: another instance may be reading them. */
async function replaceFiles(folder: string, files: readonly NamedFile[]): Promise<void> {
  await mkdir(folder, { recursive: true });
  const isIndex = ([name]: NamedFile) => name.startsWith('index.html');
  const write = ([name, contents]: NamedFile) => replaceFile(resolve(folder, name), contents);
  await Promise.all(files.filter((file) => !isIndex(file)).map(write));
  await Promise.all(files.filter(isIndex).map(write));
  const names = new Set(files.map(([name]) => name));
  const old = (await readdir(folder)).filter((name) => !names.has(name) && !isBeingWritten(name));
  await Promise.all(old.map((name) => rm(resolve(folder, name), { force: true })));
}

/** By `replaceFile` of another process. */
const isBeingWritten = (name: string) => /\.\d+$/.test(name);
