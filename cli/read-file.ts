/** Files that are named in arguments. */

import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { CatalogError } from '../shared/faults/catalog-error.ts';
import { parseJsonText } from '../shared/faults/json-text.ts';
import type { Surroundings } from './command.ts';
import { CliError, exitCodes } from './exit-codes.ts';

type Place = Pick<Surroundings, 'folder' | 'signal'>;

/** @throws CliError for what cannot be read */
export async function readText(file: string, { folder, signal }: Place): Promise<string> {
  try {
    return await readFile(resolve(folder, file), { encoding: 'utf8', signal });
  } catch (error) {
    if (signal.aborted) throw error;
    throw new CliError(exitCodes.usage, `cannot read ${file}: ${(error as Error).message}`);
  }
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
