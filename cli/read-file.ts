/** Files that are named in arguments. */

import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { CatalogError } from '../shared/faults/catalog-error.ts';
import { parseJsonText } from '../shared/faults/json-text.ts';
import { utf8Text } from '../shared/faults/utf8-text.ts';
import type { Surroundings } from './command.ts';
import { CliError, exitCodes } from './exit-codes.ts';

type Place = Pick<Surroundings, 'folder' | 'signal'>;

/** @throws CliError for what cannot be read, or is no text in UTF-8 */
export async function readText(file: string, { folder, signal }: Place): Promise<string> {
  try {
    return utf8Text(await readFile(resolve(folder, file), { signal }));
  } catch (error) {
    if (signal.aborted) throw error;
    throw unreadable(file, error);
  }
}

/** @param error whose `cause` is kept, for whoever can do without the file */
export function unreadable(file: string, error: unknown): CliError {
  const text = `cannot read ${file}: ${(error as Error).message}`;
  return new CliError(exitCodes.usage, text, { cause: error });
}

/** Whether there is no such file. @param error as `readText` throws it */
export function isMissing(error: unknown): boolean {
  const cause = error instanceof CliError ? error.cause : undefined;
  const { code } = (cause ?? {}) as NodeJS.ErrnoException;
  return code === 'ENOENT' || code === 'ENOTDIR';
}

/** @throws CliError for what is no JSON, with its place */
export async function readJson(file: string, place: Place): Promise<unknown> {
  const text = await readText(file, place);
  try {
    return parseJsonText(text, file);
  } catch (error) {
    if (!(error instanceof CatalogError)) throw error;
    throw new CliError(exitCodes.failed, error.message);
  }
}
