/** The page's files as `demo/build.ts` has written them beside the bundle, each with its smaller forms. */

import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import type { Coding } from '../../shared/http/compression.ts';

export interface PageFile {
  type: string;
  etag: string;
  plain: Buffer;
  /** Smaller forms, by their coding. */
  coded: Partial<Record<Coding, Buffer>>;
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};
const suffixes: Readonly<Record<Coding, string>> = { br: '.br', gzip: '.gz' };

/**
 * All of them by name, read once: together they are some hundreds of kilobytes, and never change
 * while the process lives. Empty where the app was built without a page.
 */
export async function readPageFiles(folder: URL): Promise<ReadonlyMap<string, PageFile>> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException): string[] => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const read = (name: string) => readFile(new URL(name, folder));
  const found = names.map(async (name): Promise<[string, PageFile] | undefined> => {
    const type = types[extname(name)];
    if (type === undefined) return undefined;
    const plain = await read(name);
    const digest = createHash('sha256').update(plain).digest('base64url').slice(0, 22);
    const coded: PageFile['coded'] = {};
    for (const coding of ['br', 'gzip'] as const) {
      const smaller = `${name}${suffixes[coding]}`;
      if (names.includes(smaller)) coded[coding] = await read(smaller);
    }
    return [name, { type, etag: `W/"${digest}"`, plain, coded }];
  });
  return new Map((await Promise.all(found)).filter((file) => file !== undefined));
}
