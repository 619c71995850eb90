/** The numbered scripts of a folder. */

import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Batch, batchesOf } from './script-batches.ts';

export interface Script {
  /** `001-applied-scripts` */
  name: string;
  batches: Batch[];
  /** Of the text with LF at the ends of lines: a checkout with CRLF is the same script. */
  sha256: string;
}

/**
 * All scripts `NNN-name.sql` in order.
 *
 * @throws Error for a name that is not of that form, a number that is there twice, or what may not
 *   follow GO
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
      return { name, batches: batchesIn(file, text), sha256 };
    }),
  );
}

/** The batches of a file. @throws Error naming file and line for what may not follow GO */
export function batchesIn(file: string, text: string): Batch[] {
  try {
    return batchesOf(text);
  } catch (error) {
    throw new Error(`${file}, ${(error as Error).message}`, { cause: error });
  }
}
