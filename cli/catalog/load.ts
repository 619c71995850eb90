/** A catalogue that a command works with, or its faults. */

import { type CheckedFiles, checkFiles } from '../../shared/app/catalog-check/files.ts';
import type { Catalog } from '../../shared/catalog/index.ts';
import type { Definition } from '../../shared/dynsql/definition.ts';
import type { Surroundings } from '../command.ts';
import { CliError, exitCodes } from '../exit-codes.ts';
import { faultText } from './fault-text.ts';
import { catalogFiles } from './files.ts';

export interface LoadedCatalog {
  catalog: Catalog;
  definitions: Definition[];
}

/**
 * @param given a file or a folder; undefined: as the settings say
 * @throws CliError with every fault
 */
export async function loadedCatalog(
  given: string | undefined,
  environment: NodeJS.ProcessEnv,
  surroundings: Surroundings,
): Promise<LoadedCatalog> {
  const checked = checkFiles(await catalogFiles(given, environment, surroundings));
  const { faults, catalog, definitions } = checked;
  if (catalog === undefined || faults.length > 0)
    throw new CliError(exitCodes.failed, textOf(checked));
  return { catalog, definitions: definitions.map(({ definition }) => definition) };
}

const textOf = ({ faults }: CheckedFiles) => faults.map(faultText).join('\n');
