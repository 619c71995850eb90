/** Faults with their places in the files. */

import { faultParts } from '../../faults/catalog-error.ts';
import type { FieldError } from '../../faults/field-error.ts';
import { type Place, placesIn } from '../../faults/places.ts';
import type { Fault } from './fault.ts';

const ofSyntax = /^line (\d+), column (\d+): ([\s\S]*)$/;

/** A line of a CatalogError, of the file that `text` is of. */
export function locatedFault(line: string, file: string, text: string): Fault {
  const [, row, column, what] = ofSyntax.exec(line) ?? [];
  if (what !== undefined) {
    return {
      ...{ severity: 'fault', file, text: what },
      ...{ line: Number(row), column: Number(column) },
    };
  }
  const parts = faultParts(line);
  if (parts === undefined) return { severity: 'fault', file, text: line };
  return { severity: 'fault', file, ...placeOf(parts.path, text), ...parts };
}

/** Faults of a body, as a request with it would be told them, in the file that it is from. */
export function fieldFaults(errors: readonly FieldError[], file: string, text: string): Fault[] {
  return errors.map(({ field, message, allowed }) => {
    const what = message.startsWith(field)
      ? message.slice(field.length).replace(/^:? /, '')
      : message;
    const path = field === 'body' ? '(root)' : field;
    const told = what.includes(allowed) ? what : `${what}; use ${allowed}`;
    return { severity: 'fault', file, ...placeOf(path, text), path, text: told };
  });
}

/** Where a path is; of what is not there where it would be a part. */
export function placeOf(path: string, text: string): Place {
  // Columns are counted without the mark, as editors do.
  return placesIn(text.replace(/^\uFEFF/, ''))(path === '(root)' ? '' : path);
}
