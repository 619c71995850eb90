/** The settings as the app on this machine has them: the environment, over local.settings.json. */

import { z } from 'zod';
import { CatalogError } from '../shared/faults/catalog-error.ts';
import { parseJsonText } from '../shared/faults/json-text.ts';
import type { Surroundings } from './command.ts';
import { CliError, exitCodes } from './exit-codes.ts';
import { isMissing, readText } from './read-file.ts';

const usual = ['local.settings.json', 'local.settings.sample.json'];

const fileSchema = z.looseObject({ Values: z.record(z.string(), z.string()).default({}) });

/**
 * @param file of settings; undefined: `local.settings.json`, or the sample where there is none
 * @throws CliError for a file that is none
 */
export async function readEnvironment(
  file: string | undefined,
  { environment, folder, signal }: Pick<Surroundings, 'environment' | 'folder' | 'signal'>,
): Promise<NodeJS.ProcessEnv> {
  for (const name of file === undefined ? usual : [file]) {
    let text: string;
    try {
      text = await readText(name, { folder, signal });
    } catch (error) {
      if (file === undefined && isMissing(error)) continue;
      throw error;
    }
    return { ...valuesIn(text, name), ...environment };
  }
  return environment;
}

/** No value is told: there are secrets among them. */
function valuesIn(text: string, name: string): Record<string, string> {
  let value: unknown;
  try {
    value = parseJsonText(text, name);
  } catch (error) {
    const [fault] = error instanceof CatalogError ? error.faults : [];
    const place = /^line \d+, column \d+/.exec(fault ?? '')?.[0];
    throw new CliError(exitCodes.usage, `${name} is no JSON: ${place}`);
  }
  const read = fileSchema.safeParse(value);
  if (read.success) return read.data.Values;
  throw new CliError(exitCodes.usage, `${name}: Values must be an object of texts`);
}
