/** Which files a command is about. */

import { stat } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type CatalogFiles, readCatalogFiles } from '../../shared/app/catalog-check/files.ts';
import type { Surroundings } from '../command.ts';
import { CliError, exitCodes } from '../exit-codes.ts';

const shipped = fileURLToPath(new URL('../../catalog', import.meta.url));

/**
 * A folder has `catalog.json`, `dynsql/*.json` and `reports/*.json`; `boards/*.json` are beside their
 * catalogue. Where nothing is given the
 * settings CATALOG and DYNSQL count, and without these what is shipped.
 *
 * @param given a file or a folder
 * @throws CliError for what cannot be read
 */
export async function catalogFiles(
  given: string | undefined,
  environment: NodeJS.ProcessEnv,
  { folder, signal }: Pick<Surroundings, 'folder' | 'signal'>,
): Promise<CatalogFiles> {
  const setting = (name: string) => {
    const value = environment[name]?.trim() || undefined;
    if (!value?.startsWith('blob:')) return value;
    const text = `${name} names a blob, ${value}: download it, and name the file`;
    throw new CliError(exitCodes.usage, text);
  };
  const catalog = resolve(folder, given ?? setting('CATALOG') ?? shipped);
  try {
    const isFolder = (await stat(catalog)).isDirectory();
    const file = isFolder ? join(catalog, 'catalog.json') : catalog;
    const dynsql = isFolder ? catalog : resolve(folder, setting('DYNSQL') ?? shipped);
    const areShipped = dynsql === resolve(shipped) && setting('DYNSQL') === undefined;
    const folders = { dynsql, boards: dirname(file), areShipped };
    const shown = (path: string) => relative(folder, path) || path;
    return await readCatalogFiles(file, folders, shown, signal);
  } catch (error) {
    if (error instanceof CliError || signal.aborted) throw error;
    throw new CliError(exitCodes.usage, (error as Error).message);
  }
}
