/** The newest timestamps of an entity in its source, in crude and in heap. */

import type { Catalog } from '../catalog/index.ts';
import type { Databases } from '../database/databases.ts';
import { toDatabaseError } from '../database/errors.ts';
import type { FreshnessReading } from './run.ts';

export type ReadFreshness = (
  question: { entity: string; code: string },
  signal: AbortSignal,
) => Promise<FreshnessReading>;

/** An operator can do without the reading; the run must not wait for it longer than this. */
const deadlineMs = 30_000;

/**
 * Asks all places side by side. A place that cannot be read is reported in the reading: it never
 * fails the run.
 */
export function freshnessReader(
  catalog: Catalog,
  databases: Databases,
  now: () => Date,
): ReadFreshness {
  return async ({ entity, code }, signal) => {
    const reading: FreshnessReading = { at: now().toISOString() };
    const bounded = AbortSignal.any([signal, AbortSignal.timeout(deadlineMs)]);
    await Promise.all(
      catalog.freshness({ name: entity, code }).map(async (query) => {
        try {
          const rows = await databases.query(query.database, query.sql, query.parameters, bounded);
          reading[query.place] = timestamp(rows[0]?.['freshness']);
        } catch (error) {
          signal.throwIfAborted();
          reading.errors ??= [];
          reading.errors.push(`${query.place}: ${toDatabaseError(error).message}`);
        }
      }),
    );
    return reading;
  };
}

/** As the server holds it: all its digits, and no zone where its type knows none. */
const timestamp = (value: unknown): string | null =>
  value === null || value === undefined ? null : String(value);
