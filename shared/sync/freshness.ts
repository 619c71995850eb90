/** The newest timestamps of an entity in the places that the catalogue names. */

import { setImmediate as nextTurn } from 'node:timers/promises';
import { unlessAborted } from '../async/abort.ts';
import { toDatabaseError } from '../database/database-error.ts';
import type { Databases } from '../database/databases.ts';
import type { Question } from '../database/questions.ts';
import { cut } from './brief.ts';
import { Questions } from './database-questions.ts';
import type { Freshness, FreshnessReading, Run } from './run.ts';

/**
 * @param entry one of the run's: the run brings its queries, whatever the catalogue says by now
 * @param isLeft asked when its turn comes: true, and nothing is read
 * @returns undefined where it was left
 */
export type ReadFreshness = (
  run: Pick<Run, 'statements'>,
  entry: Pick<Freshness, 'queries'>,
  signal: AbortSignal,
  isLeft?: () => boolean,
) => Promise<FreshnessReading | undefined>;

/** Three errors a reading are in the run's document; in bytes. */
const longestError = 200;

/**
 * Asks each place; whatever is asked of one database at the same moment goes out in one request. A
 * place that cannot be read is reported in the reading: it never fails the run.
 */
export function freshnessReader(databases: Databases, now: () => Date): ReadFreshness {
  const asked = new Map<string, Questions>();
  const questionsFor = (database: string) => {
    const known = asked.get(database) ?? new Questions(databases, database);
    asked.set(database, known);
    return known;
  };
  return async ({ statements = [] }, { queries }, signal, isLeft = () => false) => {
    if (queries === undefined) {
      const reading: FreshnessReading = { at: now().toISOString() };
      reading.errors = ['The run was planned by an older version, without its queries'];
      return reading;
    }
    // What others ask for at this moment is there by then.
    await nextTurn();
    const reading: FreshnessReading = { at: '' };
    let wasLeft = false;
    await Promise.all(
      queries.map(async ({ place, database, statement, parameters }) => {
        const question: Question = { sql: statements[statement] ?? '', parameters };
        try {
          const asking = questionsFor(database).ask(question, signal, isLeft);
          const answer = await unlessAborted(asking, signal);
          if (answer === undefined) wasLeft = true;
          else reading[place] = timestamp(answer.value);
        } catch (error) {
          signal.throwIfAborted();
          reading.errors ??= [];
          const said = cut(toDatabaseError(error).message, longestError);
          reading.errors.push(`${place}: ${said}`);
        }
      }),
    );
    return wasLeft ? undefined : Object.assign(reading, { at: now().toISOString() });
  };
}

/** As the server holds it: all its digits, and no zone where its type knows none. */
const timestamp = (value: unknown): string | null =>
  value === null || value === undefined ? null : String(value);
