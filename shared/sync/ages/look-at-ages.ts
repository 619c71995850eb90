/** Reads how old data are, without a run: one request a database, with its clock. */

import type { Catalog, FreshnessQuery } from '../../catalog/index.ts';
import { DatabaseError, toDatabaseError } from '../../database/database-error.ts';
import type { Databases } from '../../database/databases.ts';
import { type Answered, oneBatch, type Question } from '../../database/questions.ts';
import { cut } from '../brief.ts';
import { type Age, ageKey, ageMs, type Hands } from './age.ts';

export interface AgeLook {
  catalog: Pick<Catalog, 'placedFreshness'>;
  databases: Pick<Databases, 'answers'>;
  /** Why a database is not to be asked now; undefined: it may be. */
  closed(query: Pick<FreshnessQuery, 'database' | 'server'>): Promise<string | undefined>;
  now(): Date;
}

/** A watched place. */
type Watched = Pick<Age, 'entity' | 'code' | 'place' | 'maxAgeMs'> & { query: FreshnessQuery };

/** Until the next look there is a quarter of an hour; on a base where each takes 15 s that is 20. */
const databaseMs = 300_000;
/** Each has a few parameters of its own; a request has 2,100. */
const mostQuestions = 500;
/** In bytes. */
const longestError = 200;

const hands: readonly Question[] = [
  { sql: 'SELECT CONVERT(varchar(30), SYSDATETIME(), 126)', parameters: [] },
  { sql: 'SELECT CONVERT(varchar(30), SYSUTCDATETIME(), 126)', parameters: [] },
];

/**
 * Every place that the catalogue has watched, as it is now; one that could not be read says why.
 *
 * @param known as of the look before: what was read longest ago is asked first
 * @throws the reason of `signal`
 */
export async function lookAtAges(
  look: AgeLook,
  known: readonly Age[],
  signal: AbortSignal,
): Promise<Age[]> {
  const readAt = new Map(known.map((age) => [ageKey(age), age.readAt ?? '']));
  const age = (one: Watched) => readAt.get(ageKey(one)) ?? '';
  const watched = watchedIn(look.catalog).toSorted((a, b) => (age(a) < age(b) ? -1 : 1));
  const byDatabase = Map.groupBy(watched, ({ query }) => query.database);
  const found = await Promise.all(
    [...byDatabase.values()].map((own) => ofDatabase(look, own, signal)),
  );
  signal.throwIfAborted();
  return found.flat();
}

/** Each once, whoever is asked in place of whom. */
function watchedIn(catalog: Pick<Catalog, 'placedFreshness'>): Watched[] {
  const all = catalog.placedFreshness().flatMap(({ entity, code, item }): [string, Watched][] => {
    const { place, maxAgeMs } = item;
    if (maxAgeMs === undefined) return [];
    const one = { entity, code, place, maxAgeMs, query: item };
    return [[ageKey(one), one]];
  });
  return [...new Map(all).values()];
}

async function ofDatabase(
  { databases, closed, now }: AgeLook,
  own: readonly Watched[],
  signal: AbortSignal,
): Promise<Age[]> {
  const [first] = own;
  if (first === undefined) return [];
  const { database } = first.query;
  const why = await closed(first.query);
  if (why !== undefined) return own.map((one) => unread(one, why));
  const ages = new Map<Watched, Age>();
  const deadline = AbortSignal.timeout(databaseMs);
  const limit = AbortSignal.any([signal, deadline]);
  for (let from = 0; from < own.length; from += mostQuestions) {
    const part = own.slice(from, from + mostQuestions);
    const shown: string[] = [];
    const tell = (index: number, answer: Answered) => {
      const value = 'value' in answer ? answer.value : undefined;
      const one = part[index - hands.length];
      if (one === undefined) shown[index] = String(value);
      else if ('failed' in answer) ages.set(one, unread(one, 'its query fails'));
      else {
        const [local = '', utc = ''] = shown;
        ages.set(one, readAge(one, value, { local, utc }, now()));
      }
    };
    try {
      const questions = [...hands, ...part.map(({ query }) => query)];
      await databases.answers(database, oneBatch(questions), tell, limit);
    } catch (error) {
      const said = deadline.aborted ? tooLate() : toDatabaseError(error);
      const told = cut(said.message, longestError);
      return own.map((one) => ages.get(one) ?? unread(one, told));
    }
  }
  return own.map((one) => ages.get(one) ?? unread(one, 'there was no answer'));
}

function readAge(one: Watched, value: unknown, shown: Hands, now: Date): Age {
  const read = { ...named(one), readAt: now.toISOString() };
  if (value === null || value === undefined) return read;
  const newest = String(value);
  const age = ageMs(newest, one.query.clock, shown);
  if (age === undefined) return unread(one, `${cut(newest, longestError / 2)} is no time`);
  return { ...read, newest, oldAt: new Date(now.getTime() + one.maxAgeMs - age).toISOString() };
}

const unread = (one: Watched, error: string): Age => ({ ...named(one), error });

const named = ({ entity, code, place, maxAgeMs }: Watched): Age => {
  return { entity, code, place, maxAgeMs };
};

function tooLate(): DatabaseError {
  return new DatabaseError(`There was no answer within ${databaseMs / 1_000} s`, 'timed out');
}
