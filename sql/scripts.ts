/** The numbered scripts of a folder. */

import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { batchesOf } from './batches.ts';

export interface Script {
  /** `001-applied-scripts` */
  name: string;
  batches: string[];
  /** Of the text with LF at the ends of lines: a checkout with CRLF is the same script. */
  sha256: string;
}

/**
 * All scripts `NNN-name.sql` in order.
 *
 * @throws Error for a name that is not of that form, or a number that is there twice
 */
export async function readScripts(folder: string): Promise<Script[]> {
  const files = (await readdir(folder)).sort();
  const numbers = new Map<string, string>();
  return Promise.all(
    files.map(async (file) => {
      const [, name, number = ''] = /^((\d{3})-[a-z0-9-]+)\.sql$/.exec(file) ?? [];
      if (name === undefined) {
        throw new Error(`${file}: a script is called NNN-name.sql, such as 003-tables.sql`);
      }
      const earlier = numbers.get(number);
      if (earlier !== undefined) {
        throw new Error(`${file}: the number is taken by ${earlier}; use the next free one`);
      }
      numbers.set(number, file);
      const text = (await readFile(join(folder, file), 'utf8')).replaceAll('\r\n', '\n');
      const sha256 = createHash('sha256').update(text).digest('hex');
      return { name, batches: batchesOf(text), sha256 };
    }),
  );
}
