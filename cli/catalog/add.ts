/** `syncboard catalog add`: one more entry in a catalogue's file, if the catalogue is right then. */

import { resolve } from 'node:path';
import { checkFiles } from '../../shared/app/catalog-check/files.ts';
import { grown } from '../../shared/app/catalog-check/grown.ts';
import { locatedFault } from '../../shared/app/catalog-check/located.ts';
import { type TextFile, textOf } from '../../shared/app/catalog-check/text-file.ts';
import { replaceFile } from '../../shared/command-line/replace-file.ts';
import { CatalogError } from '../../shared/faults/catalog-error.ts';
import { parseJsonText } from '../../shared/faults/json-text.ts';
import { cliCommand, type Surroundings } from '../command.ts';
import { CliError, type ExitCode, exitCodes } from '../exit-codes.ts';
import { readEnvironment } from '../settings.ts';
import { faultText } from './fault-text.ts';
import { catalogFiles } from './files.ts';

export const catalogAdd = cliCommand(
  'catalog add',
  'one more entry of a catalogue: a source, an entity, a check',
  {
    what: 'Writes an entry at the end of a list of the catalogue, if the catalogue is right then.',
    operands: [
      { name: 'LIST', help: "servers, dataSources, entities, …, or 'pipelines[0].checks'" },
      { name: 'ENTRY', help: 'JSON, as it shall stand there; several in a list' },
      {
        name: 'FILE',
        help: 'a catalogue, or a folder with catalog.json (the setting CATALOG)',
        isOptional: true,
      },
    ],
    options: { settings: { type: 'text', value: 'FILE', help: 'settings (local.settings.json)' } },
    more: `The rest of the file stays as it is. Where anything would be wrong it is told, and nothing written.
Exit codes: 0 written, 1 the catalogue would have faults, 2 wrong arguments.`,
  },
  async ({ operands: [list = '', entry = '', given], settings }, surroundings) => {
    const environment = await readEnvironment(settings, surroundings);
    if (given === undefined && !environment['CATALOG']?.trim()) {
      const text = 'name the FILE, or set CATALOG: the shipped catalogue stays as it is';
      throw new CliError(exitCodes.usage, text);
    }
    const value = jsonValue({ file: 'ENTRY', text: entry }, exitCodes.usage);
    const entries: unknown[] = Array.isArray(value) ? value : [value];
    if (entries.length === 0) throw new CliError(exitCodes.usage, 'ENTRY is an empty list');
    // What stands within the brackets of a list is what stands in the other one, as it is typed.
    const typed = Array.isArray(value) ? entry.trim().slice(1, -1) : entry;
    const files = await catalogFiles(given, environment, surroundings);
    const { file, text } = files.catalog;
    jsonValue(files.catalog, exitCodes.failed);
    const after = grown(text, list, typed);
    if (after === undefined) {
      throw new CliError(exitCodes.usage, `${list} is no list of ${file}; ${lists}`);
    }
    const setting = (name: string) => environment[name]?.trim() || undefined;
    const whole = { ...files, catalog: { file, text: after.text } };
    const faults = checkFiles(whole, { value: setting }).faults.filter((one) => one.file === file);
    if (faults.length > 0) {
      const told = [...faults.map(faultText), `nothing is written; lines are as if it were`];
      throw new CliError(exitCodes.failed, told.join('\n'));
    }
    await replace(resolve(surroundings.folder, file), after.text, surroundings);
    surroundings.write(`${file}:${after.line}: written`);
    for (const needed of entries.flatMap(connectionOf)) {
      if (setting(needed) !== undefined) continue;
      surroundings.write(
        `${needed} is not set: give it to the app, which reads settings at its start`,
      );
    }
    return exitCodes.ok;
  },
);

const lists =
  "use servers, databases, connections, dataSources, entities or pipelines, or one in an entry of these: 'pipelines[0].checks'";

/** @throws CliError with the place of what is no JSON */
function jsonValue(given: TextFile, code: ExitCode): unknown {
  try {
    return parseJsonText(textOf(given));
  } catch (error) {
    if (!(error instanceof CatalogError)) throw error;
    const told = error.faults.map((line) => faultText(locatedFault(line, given.file, given.text)));
    throw new CliError(code, told.join('\n'));
  }
}

/** The setting that an entry of a database, a company or ABRA Gen names, if any. */
function connectionOf(entry: unknown): string[] {
  const { connection, company } = (entry ?? {}) as { connection?: unknown; company?: unknown };
  if (typeof connection === 'string' && connection !== '') return [connection];
  return company === undefined ? [] : connectionOf(company);
}

async function replace(path: string, text: string, { signal }: Surroundings): Promise<void> {
  try {
    await replaceFile(path, text, signal);
  } catch (error) {
    signal.throwIfAborted();
    throw new CliError(exitCodes.usage, `cannot write ${path}: ${(error as Error).message}`);
  }
}
