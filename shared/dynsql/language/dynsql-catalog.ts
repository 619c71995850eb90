/** By what databases of ours are asked and printed: definitions and reports, checked together. */

import { CatalogError, faultAt, shown } from '../../faults/catalog-error.ts';
import { revisionOf } from '../../json/revision.ts';
import { withoutSchema } from '../../json/without-schema.ts';
import type { Definition } from '../definition.ts';
import { loadReport, parseLayout, type Report } from '../reports/report.ts';
import { loadDefinition } from './read-definition.ts';

export interface DynsqlCatalog {
  /** Tells two apart: twelve hexadecimal digits of what the files say. */
  readonly revision: string;
  /** What the app brings along. */
  readonly isShipped?: boolean;
  readonly definitions: readonly Definition[];
  /** Each of one of `definitions`. */
  readonly reports: readonly Report[];
}

export interface DynsqlFile {
  /** As in its folder: `dynsql/payments.json`. */
  readonly name: string;
  /** Its value. @throws CatalogError where it is no JSON */
  readonly json: () => unknown;
}

export interface DynsqlFiles {
  readonly definitions: readonly DynsqlFile[];
  readonly reports: readonly DynsqlFile[];
}

/**
 * @param from names where the files came from
 * @throws CatalogError with every fault of every file: its name, path, what is there, what to use
 */
export function makeDynsqlCatalog(files: DynsqlFiles, from: string): DynsqlCatalog {
  const faults: string[] = [];
  if (files.definitions.length === 0) {
    faults.push('dynsql: no *.json is in it; put a file there for each definition');
  }
  const definitions = loadEach(files.definitions, loadDefinition, faults);
  const mayBeFaulty = (id: string | undefined) =>
    definitions.loaded.every((definition) => definition.id !== id) &&
    (definitions.namesById.has(id) || definitions.namesById.has(undefined));
  const reports = loadEach(
    files.reports,
    (value) => {
      if (!mayBeFaulty(textAt(value, 'definition'))) return loadReport(value, definitions.loaded);
      // The faults of its definition are told; whether it fits is seen when they are gone.
      parseLayout(value);
      return undefined;
    },
    faults,
  );
  if (faults.length > 0) throw new CatalogError(faults, from);
  const values = [files.definitions, files.reports].map((list) =>
    list.map(({ name, json }) => [name, json()]),
  );
  return {
    revision: revisionOf(values),
    definitions: definitions.loaded,
    reports: reports.loaded,
  };
}

/** What could be loaded, and which file each id is from; the id of a file without one is undefined. */
function loadEach<T>(
  files: readonly DynsqlFile[],
  load: (value: unknown) => T | undefined,
  faults: string[],
): { loaded: T[]; namesById: Map<string | undefined, string> } {
  const loaded: T[] = [];
  const namesById = new Map<string | undefined, string>();
  for (const { name, json } of files) {
    let id: string | undefined;
    try {
      const value = withoutSchema(json());
      id = textAt(value, 'id');
      const other = namesById.get(id);
      if (id !== undefined && other !== undefined) {
        const fault = faultAt(['id'], `${shown(id)} is the id of ${other}; use another one`);
        faults.push(`${name}: ${fault}`);
      }
      const item = load(value);
      if (item !== undefined) loaded.push(item);
    } catch (error) {
      if (!(error instanceof CatalogError)) throw error;
      faults.push(...error.faults.map((fault) => `${name}: ${fault}`));
    }
    if (!namesById.has(id)) namesById.set(id, name);
  }
  return { loaded, namesById };
}

function textAt(value: unknown, key: string): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const text: unknown = Reflect.get(value, key);
  return typeof text === 'string' ? text : undefined;
}
