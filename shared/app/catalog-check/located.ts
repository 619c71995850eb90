/** Faults with their places in the files. */

import { faultParts } from '../../faults/catalog-error.ts';
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

/** Where a path is; of what is not there where it would be a part. */
export function placeOf(path: string, text: string): Place {
  // Columns are counted without the mark, as editors do.
  return placesIn(text.replace(/^\uFEFF/, ''))(path === '(root)' ? '' : path);
}
