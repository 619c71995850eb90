/** Rows in batches of a size that one call takes. */

import { rowKey } from './row-key.ts';
import type { KeyedRow, RowBatch } from './row-types.ts';

export interface BatchLimits {
  rows: number;
  /** Letters of JSON; a row that has more goes alone. */
  letters: number;
}

/**
 * The last batch is the only one with `isLast`, and may be empty.
 *
 * @param rows texts of objects, as `rowTexts` gives them
 */
export async function* batchesOf(
  rows: AsyncIterable<string>,
  keyFields: readonly string[],
  limits: BatchLimits,
): AsyncGenerator<RowBatch, void, undefined> {
  let number = 1;
  let batch: KeyedRow[] = [];
  let letters = 0;
  const times = new Map<string, number>();
  for await (const payload of rows) {
    const isFull = batch.length >= limits.rows || letters + payload.length > limits.letters;
    if (batch.length > 0 && isFull) {
      yield { number, rows: batch, isLast: false };
      number += 1;
      batch = [];
      letters = 0;
      times.clear();
    }
    const key = rowKey(payload, keyFields);
    const nth = (times.get(key) ?? 0) + 1;
    times.set(key, nth);
    batch.push({ key, nth, payload });
    letters += payload.length;
  }
  yield { number, rows: batch, isLast: true };
}
