/**
 * The files of a catalogue, read from a folder and checked without anything else: all of them, all
 * faults. Whatever else comes to lie there is read and checked here, too.
 */

import { readdir, readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { type Catalog, parseCatalogText } from '../../catalog/index.ts';
import type { SettingValues } from '../../catalog/setting-values.ts';
import {
  type DynsqlCatalog,
  type DynsqlFile,
  makeDynsqlCatalog,
} from '../../dynsql/language/dynsql-catalog.ts';
import { CatalogError } from '../../faults/catalog-error.ts';
import { parseJsonText } from '../../faults/json-text.ts';
import { NotUtf8Error, utf8Text } from '../../faults/utf8-text.ts';
import { boardFaults } from './board-file.ts';
import { definitionWarnings } from './definition-warnings.ts';
import type { Fault } from './fault.ts';
import { locatedFault } from './located.ts';
import { queryFaults } from './query-file.ts';
import { type TextFile, textOf } from './text-file.ts';
import type { WantedDefinition } from './wanted.ts';

export interface CatalogFiles {
  catalog: TextFile;
  definitions: readonly TextFile[];
  reports: readonly TextFile[];
  boards: readonly TextFile[];
  /** Of dynsql, each of one definition. */
  queries: readonly TextFile[];
  /** The definitions are those of the app: of these a base need not have all tables. */
  areShipped: boolean;
}

export interface Folders {
  /** With `dynsql` and `reports`; there may be `queries`. */
  dynsql: string;
  /** With `boards`; there may be none. */
  boards: string;
  areShipped: boolean;
}

export interface CheckedFiles {
  faults: Fault[];
  /** Undefined: it has faults. */
  catalog: Catalog | undefined;
  dynsql: DynsqlCatalog | undefined;
  /** Of the definitions that have no fault, each with its file. */
  definitions: WantedDefinition[];
}

/**
 * @param file the catalogue
 * @param shown how a path is told
 * @throws Error of the file system, naming the path
 */
export async function readCatalogFiles(
  file: string,
  { dynsql, boards, areShipped }: Folders,
  shown: (path: string) => string,
  signal: AbortSignal,
): Promise<CatalogFiles> {
  const read = async (path: string): Promise<TextFile> => {
    const bytes = await readFile(path, { signal });
    try {
      return { file: shown(path), text: utf8Text(bytes) };
    } catch (error) {
      if (!(error instanceof NotUtf8Error)) throw error;
      return { file: shown(path), text: '', fault: error.message };
    }
  };
  const all = async (folder: string, part: string) => {
    const names = await jsonFilesIn(join(folder, part));
    return await Promise.all(names.map((name) => read(join(folder, part, name))));
  };
  return {
    catalog: await read(file),
    definitions: await all(dynsql, 'dynsql'),
    reports: await all(dynsql, 'reports'),
    boards: await all(boards, 'boards'),
    queries: await all(dynsql, 'queries'),
    areShipped,
  };
}

async function jsonFilesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  // A link may well be one to a file: mounted configuration is made of them.
  return entries
    .filter((entry) => !entry.isDirectory() && /\.json$/i.test(entry.name))
    .map(({ name }) => name)
    .sort();
}

/**
 * Every fault of every file, by itself and against the others.
 *
 * @param settings what `${NAME}` in the catalogue stands for; unless given, none is set
 */
export function checkFiles(
  { catalog, definitions, reports, boards, queries }: CatalogFiles,
  settings?: SettingValues,
): CheckedFiles {
  const faults: Fault[] = [];
  const loaded = collect(
    () => parseCatalogText(textOf(catalog), catalog.file, settings),
    (line) => faults.push(locatedFault(line, catalog.file, catalog.text)),
  );
  const texts = new Map<string, TextFile>();
  const files = (kind: readonly TextFile[]): DynsqlFile[] =>
    kind.map((one) => {
      const name = `${basename(dirname(one.file))}/${basename(one.file)}`;
      texts.set(name, one);
      return { name, json: () => parseJsonText(textOf(one)) };
    });
  const given = { definitions: files(definitions), reports: files(reports) };
  const isThere = definitions.length > 0 || reports.length > 0;
  const dynsql = isThere
    ? collect(
        () => makeDynsqlCatalog(given, 'dynsql'),
        (line) => {
          const [, name = '', fault = line] = /^([^:]+\.json): ([\s\S]*)$/i.exec(line) ?? [];
          const own = texts.get(name);
          faults.push(
            own === undefined
              ? { severity: 'fault', text: line }
              : locatedFault(fault, own.file, own.text),
          );
        },
      )
    : undefined;
  const own = (dynsql?.definitions ?? []).map((definition) => {
    const id = JSON.stringify(definition.id);
    const from = definitions.find(({ text }) => text.includes(id));
    if (from !== undefined) faults.push(...definitionWarnings(definition, from));
    return { definition, file: from?.file ?? 'dynsql', text: from?.text ?? '' };
  });
  faults.push(...queries.flatMap((one) => queryFaults(one, dynsql?.definitions)));
  faults.push(...boards.flatMap((board) => boardFaults(board, loaded)));
  return { faults, catalog: loaded, dynsql, definitions: own };
}

function collect<T>(load: () => T, onFault: (line: string) => void): T | undefined {
  try {
    return load();
  } catch (error) {
    if (!(error instanceof CatalogError)) throw error;
    for (const line of error.faults) onFault(line);
    return undefined;
  }
}
