/** The JSON of a file whose shape is for others to check. */

import { CatalogError } from '../../faults/catalog-error.ts';
import { parseJsonText } from '../../faults/json-text.ts';
import { withoutSchema } from '../../json/without-schema.ts';
import type { Fault } from './fault.ts';
import { locatedFault } from './located.ts';
import { type TextFile, textOf } from './text-file.ts';

/** The value without its `$schema`, or what keeps it from being read. */
export function readValue(one: TextFile): {
  value: unknown;
  /** What `$schema` names. */
  schema: string | undefined;
  faults: Fault[];
} {
  try {
    const value = parseJsonText(textOf(one));
    const named = typeof value === 'object' && value !== null && Reflect.get(value, '$schema');
    const schema = typeof named === 'string' ? named : undefined;
    return { value: withoutSchema(value), schema, faults: [] };
  } catch (error) {
    if (!(error instanceof CatalogError)) throw error;
    const faults = error.faults.map((line) => locatedFault(line, one.file, one.text));
    return { value: undefined, schema: undefined, faults };
  }
}
