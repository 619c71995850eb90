/** The newest timestamps of an entity in the places that the catalogue names. */

import { toDatabaseError } from '../database/database-error.ts';
import type { Databases } from '../database/databases.ts';
import { cut } from './brief.ts';
import type { Freshness, FreshnessReading, Run } from './run.ts';

/** @param entry one of the run's: the run brings its queries, whatever the catalogue says by now */
export type ReadFreshness = (
  run: Pick<Run, 'statements'>,
  entry: Pick<Freshness, 'queries'>,
  signal: AbortSignal,
) => Promise<FreshnessReading>;

/** Three errors a reading are in the run's document; in bytes. */
const longestError = 200;

/** An operator can do without the reading; the run must not wait for it longer than this. */
const deadlineMs = 30_000;

/**
 * Asks all places side by side. A place that cannot be read is reported in the reading: it never
 * fails the run.
 */
export function freshnessReader(databases: Databases, now: () => Date): ReadFreshness {
  return async ({ statements = [] }, { queries }, signal) => {
    const reading: FreshnessReading = { at: now().toISOString() };
    if (queries === undefined) {
      reading.errors = ['The run was planned by an older version, without its queries'];
      return reading;
    }
    const bounded = AbortSignal.any([signal, AbortSignal.timeout(deadlineMs)]);
    await Promise.all(
      queries.map(async ({ place, database, statement, parameters }) => {
        try {
          const sql = statements[statement] ?? '';
          const rows = await databases.query(database, sql, parameters, bounded);
          reading[place] = timestamp(Object.values(rows[0] ?? {})[0]);
        } catch (error) {
          signal.throwIfAborted();
          reading.errors ??= [];
          const said = cut(toDatabaseError(error).message, longestError);
          reading.errors.push(`${place}: ${said}`);
        }
      }),
    );
    return reading;
  };
}

/** As the server holds it: all its digits, and no zone where its type knows none. */
const timestamp = (value: unknown): string | null =>
  value === null || value === undefined ? null : String(value);
