/**
 * From calls to a graph of stages: for each (source, entity, period) the stages of its way, each once
 * however many calls name it, and once for all whose way leads through it where the catalogue says so.
 *
 * The list is in topological order, and its order on each server is the order in which that
 * server gets its stages: the catalogue's entity order.
 */

import type { Catalog, CheckQuery } from '../catalog/index.ts';
import type { Call, Period } from './call.ts';
import type { Check } from './checks/check.ts';
import { locksOf } from './locks.ts';
import { comparePeriods, periodText } from './period.ts';
import type { Freshness, Run, Stage } from './run.ts';
import { stageGraph, type Way } from './stage-graph.ts';
import { StageIds } from './stage-ids.ts';

export type PlannedCall = Pick<Call, 'codes' | 'names' | 'periods'>;

export interface Plan {
  stages: Stage[];
  /** Servers of the sources' own data, sorted: what a run has to itself, wherever its stages run. */
  servers: string[];
  /** The locks of these servers below `sync/`, sorted, each with the server that it is of. */
  locks: { lock: string; server: string }[];
  /** What is to be read before and after, without the readings. */
  freshness: Freshness[];
  /** What is held against one another after, without the results. */
  checks: Check[];
  /** Texts of the queries of freshness and checks, each once. */
  statements: string[];
  /** Queries of dynsql, each once: connections share them. */
  queries: Query[];
}

type Query = NonNullable<Run['queries']>[number];

/** An entity of a data source, and where it is dated its months, the earliest first. */
interface Asked {
  name: string;
  code: string;
  periods: Period[];
}

/** A document that large would be written with each of its stages: nobody could follow such a run. */
export class TooManyStagesError extends RangeError {
  readonly stages: number;
  readonly limit: number;

  constructor(stages: number, limit: number) {
    super(`${stages} stages: a run has ${limit} at most`);
    this.name = 'TooManyStagesError';
    this.stages = stages;
    this.limit = limit;
  }
}

/**
 * @param calls names and codes that the catalogue knows; an entity that a source lacks is left
 *   out for that source
 * @param limit of stages
 * @throws RangeError for a dated entity without a period; TooManyStagesError
 */
export function planStages(
  catalog: Catalog,
  calls: readonly PlannedCall[],
  limit = Number.POSITIVE_INFINITY,
): Plan {
  const asked = askedOf(catalog, calls);
  const ids = new StageIds();
  for (const one of asked) {
    const [first] = questionsOf(one);
    const months = one.periods.map(periodText);
    for (const stage of first ? catalog.stages(first) : []) ids.add(one.name, stage, months);
  }
  if (ids.count > limit) throw new TooManyStagesError(ids.count, limit);
  const ways: Way[] = [];
  const freshness = new Map<string, Freshness>();
  const statements = new Once<string>();
  const queries = new Once<Query>();
  const checks = new Map<string, Check>();
  const servers = new Set<string>();
  const locks = new Map<string, string>();
  for (const one of asked) {
    const { name, code } = one;
    const place = catalog.sourcePlace({ name, code });
    servers.add(place.server);
    for (const lock of locksOf(place)) locks.set(lock, place.server);
    const { connection, ...query } = catalog.rowQuery({ name, code }) ?? {};
    const asks = connection ? { connection, query: queries.placeOf(query) } : undefined;
    const resolved = questionsOf(one).map((question) => catalog.stages(question));
    for (const stages of resolved) ways.push({ entity: name, code, stages, asks });
    const source = resolved[0]?.find((stage) => stage.code !== undefined)?.code ?? code;
    for (const question of questionsOf({ ...one, code: source })) {
      for (const check of plannedChecks(catalog.checks(question), question, statements)) {
        checks.set(JSON.stringify([check.check, name, source, check.period]), check);
      }
    }
    const key = `${name}:${source}`;
    if (freshness.has(key)) continue;
    const read = catalog.freshness({ name, code: source }).map((reading) => {
      const { place, database, sql, parameters } = reading;
      return { place, database, statement: statements.placeOf(sql), parameters };
    });
    freshness.set(key, { entity: name, code: source, queries: read });
  }
  return {
    stages: stageGraph(ways, ids, catalog.entitiesBefore),
    servers: [...servers].sort(),
    locks: [...locks.keys()].sort().map((lock) => ({ lock, server: locks.get(lock) ?? lock })),
    freshness: [...freshness.values()],
    checks: [...checks.values()],
    statements: statements.values,
    queries: queries.values,
  };
}

/** Queries of one entity of one source in one month, by check. */
function plannedChecks(
  queries: readonly CheckQuery[],
  { name, code }: { name: string; code: string },
  statements: Once<string>,
): Check[] {
  return [...Map.groupBy(queries, ({ check }) => check)].map(([check, own]) => {
    const period = own.find((query) => query.period !== undefined)?.period;
    return {
      ...{ check, entity: name, code },
      ...(period && { period }),
      queries: own.map(({ check: _, server: __, period: ___, sql, ...query }) => ({
        ...query,
        statement: statements.placeOf(sql),
      })),
    };
  });
}

/** What the calls name between them, each once: in the catalogue's entity order, then as named. */
function askedOf(catalog: Catalog, calls: readonly PlannedCall[]): Asked[] {
  const asked = new Map<string, Map<string, Map<string, Period>>>();
  const known = new Map<string, ReadonlySet<string>>();
  for (const { codes, names, periods = [] } of calls) {
    const months = periods.map((period) => [periodText(period), period] as const);
    for (const code of codes) {
      const has = known.get(code) ?? new Set(catalog.entityOrder(code));
      known.set(code, has);
      for (const name of names) {
        if (!has.has(name)) continue;
        const sources = asked.get(name) ?? new Map<string, Map<string, Period>>();
        const wanted = sources.get(code) ?? new Map<string, Period>();
        for (const [text, period] of months) wanted.set(text, period);
        asked.set(name, sources.set(code, wanted));
      }
    }
  }
  return catalog.entityOrder(...known.keys()).flatMap((name) =>
    [...(asked.get(name) ?? [])].map(([code, wanted]) => {
      const periods = catalog.isDated(name, code) ? [...wanted.values()].sort(comparePeriods) : [];
      return { name, code, periods };
    }),
  );
}

/** For the catalogue: a question a month, or one for what is not dated. */
function questionsOf({ name, code, periods }: Asked) {
  const question = { name, code };
  return periods.length === 0 ? [question] : periods.map((period) => ({ ...question, period }));
}

/** Values, each once. */
class Once<T> {
  readonly values: T[] = [];
  readonly #places = new Map<string, number>();

  placeOf(value: T): number {
    const text = JSON.stringify(value);
    const place = this.#places.get(text) ?? this.values.push(value) - 1;
    this.#places.set(text, place);
    return place;
  }
}
