/** What is too large for one call goes in several. */

import type { Batch } from './types.ts';

/** Of each evidence in a call the JSON array of its records. */
export type Part = ReadonlyMap<string, string>;

/**
 * The records of all batches in their order, none of the parts longer than it must be; at least one.
 *
 * @param maxLength letters of JSON in one part
 */
export function partsOf(batches: readonly Batch[], maxLength: number): Part[] {
  const parts: Map<string, string>[] = [];
  let part = new Map<string, string>();
  let length = 0;
  for (const { evidence, records } of batches) {
    // Grown, not joined: texts of megabytes, each of which would lie about until all memory is swept.
    let array = '';
    for (const record of records) {
      const json = JSON.stringify(record);
      if (length > 0 && length + json.length > maxLength) {
        if (array !== '') part.set(evidence, `${array}]`);
        parts.push(part);
        part = new Map();
        array = '';
        length = 0;
      }
      array += `${array === '' ? '[' : ','}${json}`;
      length += json.length;
    }
    if (array !== '') part.set(evidence, `${array}]`);
  }
  return [...parts, part];
}
