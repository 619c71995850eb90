/** The rows of a query into the aggregate base. */

import { ahead } from '../../async/ahead.ts';
import { type BatchLimits, batchesOf } from './row-batches.ts';
import type { LoadedRows, RowSet, RowTarget } from './row-types.ts';

export interface LoadProgress extends LoadedRows {
  /** That were read and applied. */
  rows: number;
}

export interface RowLoadOptions {
  set: RowSet;
  /**
   * Asks the query: texts of objects, as `rowTexts` or `itemTexts` give them. The load has begun
   * then, so that of two loads the one that asked later wins.
   */
  rows: (signal: AbortSignal) => AsyncIterable<string>;
  /** In upper case; empty: rows are told apart by all that is in them. */
  keyFields: readonly string[];
  target: RowTarget;
  limits?: BatchLimits;
}

/** Some 8 MB on the wire at most, where a letter takes two bytes. */
const defaultLimits: BatchLimits = { rows: 1000, letters: 4_000_000 };

/**
 * Loads all rows that the query gives: what is new is created, what is different updated, and once
 * all of them are there, what the set has beside them is deleted. The next batch is read while one
 * is applied; nothing else is held.
 *
 * After a failure the batches before it are there and nothing is deleted; the next load makes it
 * whole.
 *
 * @param onProgress after each batch
 * @throws RowLoadError, what `rows` throws, DatabaseError, or the reason of `signal`
 */
export async function loadRows(
  { set, rows, keyFields, target, limits = defaultLimits }: RowLoadOptions,
  onProgress: (progress: LoadProgress) => void,
  signal: AbortSignal,
): Promise<LoadProgress> {
  const load = await target.begin(set, signal);
  let progress: LoadProgress = { rows: 0, created: 0, updated: 0, deleted: 0 };
  const make = (own: AbortSignal) => batchesOf(rows(own), keyFields, limits);
  for await (const batch of ahead(make, signal)) {
    const done = await target.apply(load, batch, signal);
    progress = { rows: progress.rows + batch.rows.length, ...done };
    onProgress(progress);
  }
  return progress;
}
