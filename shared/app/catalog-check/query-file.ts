/** A file of a query: what is asked, against the definition that its schema is of. */

import type { Definition } from '../../dynsql/definition.ts';
import { checkQuery } from '../../dynsql/language/query.ts';
import { pathText } from '../../faults/catalog-error.ts';
import { didYouMean } from '../../faults/near-name.ts';
import type { Fault } from './fault.ts';
import { fieldFaults, placeOf } from './located.ts';
import { readValue } from './read-value.ts';
import type { TextFile } from './text-file.ts';

/** `…/dynsql/<id>/schema`, or a file with the id in its name. */
const idIn = /(?<![0-9A-Z])[0-9A-Z]{26}(?![0-9A-Z])/i;

/** @param definitions undefined: they have faults of their own, and the query is not held against them */
export function queryFaults(
  query: TextFile,
  definitions: readonly Definition[] | undefined,
): Fault[] {
  const { file, text } = query;
  const { value, schema, faults } = readValue(query);
  if (faults.length > 0 || definitions === undefined) return faults;
  const id = idIn.exec(schema ?? '')?.[0].toUpperCase();
  const found = definitions.find((one) => one.id === id);
  if (found !== undefined) return fieldFaults(checkQuery(found, value).errors ?? [], file, text);
  const path = schema === undefined ? '(root)' : pathText(['$schema']);
  const at = { file, ...placeOf(path, text), path };
  if (id === undefined) {
    const use = 'name the schema of its definition, as "$schema": "…/dynsql/<id>/schema"';
    return [{ severity: 'fault', ...at, text: `no definition is named; ${use}` }];
  }
  const near = didYouMean(
    id,
    definitions.map((one) => one.id),
  );
  const what = `no definition here is ${id}${near}: the query is not checked`;
  // ABRA Gen has its own.
  return [{ severity: near === '' ? 'warning' : 'fault', ...at, text: what }];
}
