/**
 * From calls to a graph of stages. For each (source, entity, period) an export, once however many
 * calls name it; for each entity one crude and one heap after all its exports.
 *
 * The list is in topological order, and its order on each server is the order in which that
 * server gets its stages: the catalogue's entity order.
 */

import type { Catalog, ResolvedStage } from '../catalog/index.ts';
import type { Call, Period } from './call.ts';
import { locksOf } from './locks.ts';
import { comparePeriods, periodText } from './period.ts';
import type { Freshness, Run, Stage } from './run.ts';

export type PlannedCall = Pick<Call, 'codes' | 'names' | 'periods'>;

export interface Plan {
  stages: Stage[];
  /** Servers of the sources, sorted. */
  servers: string[];
  /** The locks of these servers below `sync/`, sorted, each with the server that it is of. */
  locks: { lock: string; server: string }[];
  /** What is to be read before and after, without the readings. */
  freshness: Freshness[];
  /** Texts of the freshness queries, each once. */
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

/** The stages of one entity of one source in one month. */
interface Pipeline {
  entity: string;
  stages: ResolvedStage[];
  asks: Stage['asks'];
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
  const months = monthsOf(catalog, asked);
  const count = [...months.values()].reduce((sum, { size }) => sum + Math.max(1, size), 0);
  if (count > limit) throw new TooManyStagesError(count, limit);
  const pipelines: Pipeline[] = [];
  const freshness = new Map<string, Freshness>();
  const statements = new Once<string>();
  const queries = new Once<Query>();
  for (const one of asked) {
    const { name, code } = one;
    const { connection, ...query } = catalog.rowQuery({ name, code }) ?? {};
    const asks = connection ? { connection, query: queries.placeOf(query) } : undefined;
    const resolved = questionsOf(one).map((question) => catalog.stages(question));
    for (const stages of resolved) pipelines.push({ entity: name, stages, asks });
    const source = resolved[0]?.find((stage) => !stage.shared)?.code ?? code;
    const key = `${name}:${source}`;
    if (freshness.has(key)) continue;
    const read = catalog.freshness({ name, code: source }).map((query) => {
      const { place, database, sql, parameters } = query;
      return { place, database, statement: statements.placeOf(sql), parameters };
    });
    freshness.set(key, { entity: name, code: source, queries: read });
  }
  const servers = new Set<string>();
  const locks = new Map<string, string>();
  for (const stage of pipelines.flatMap(({ stages }) => stages)) {
    if (stage.shared) continue;
    servers.add(stage.server);
    for (const lock of locksOf(stage)) locks.set(lock, stage.server);
  }
  return {
    stages: entityByEntity(joined(pipelines, months)),
    servers: [...servers].sort(),
    locks: [...locks.keys()].sort().map((lock) => ({ lock, server: locks.get(lock) ?? lock })),
    freshness: [...freshness.values()],
    statements: statements.values,
    queries: queries.values,
  };
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
      const periods = catalog.isDated(name) ? [...wanted.values()].sort(comparePeriods) : [];
      return { name, code, periods };
    }),
  );
}

/** For the catalogue: a question a month, or one for what is not dated. */
function questionsOf({ name, code, periods }: Asked) {
  const question = { name, code };
  return periods.length === 0 ? [question] : periods.map((period) => ({ ...question, period }));
}

/** The months of each stage by its plain id: none where it takes no month. */
function monthsOf(catalog: Catalog, asked: readonly Asked[]): Map<string, Set<string>> {
  const months = new Map<string, Set<string>>();
  for (const one of asked) {
    const [first] = questionsOf(one);
    const texts = one.periods.map(periodText);
    for (const stage of first === undefined ? [] : catalog.stages(first)) {
      const id = plainId(one.name, stage);
      const known = months.get(id) ?? new Set();
      months.set(id, known);
      if (stage.period !== undefined) for (const text of texts) known.add(text);
    }
  }
  return months;
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

/** The stages of all pipelines, each once; a stage that several share needs what each has before it. */
function joined(
  pipelines: readonly Pipeline[],
  months: ReadonlyMap<string, ReadonlySet<string>>,
): Stage[] {
  const joined = new Map<string, { stage: Stage; needs: Set<string> }>();
  for (const { entity, stages, asks } of pipelines) {
    let previous: string | undefined;
    for (const resolved of stages) {
      const plain = plainId(entity, resolved);
      const isOneOfSeveral = (months.get(plain)?.size ?? 0) > 1;
      const { period } = resolved;
      const id = isOneOfSeveral && period ? `${plain}:${periodText(period)}` : plain;
      const known = joined.get(id) ?? {
        stage: newStage(id, entity, resolved, asks),
        needs: new Set(),
      };
      if (previous !== undefined) known.needs.add(previous);
      joined.set(id, known);
      previous = id;
    }
  }
  return [...joined.values()].map(({ stage, needs }) => ({ ...stage, needs: [...needs] }));
}

/** `export:meter:0c10`, of a stage for all sources `crude:meter`: unique where there is one month. */
function plainId(entity: string, { stage, shared, code }: ResolvedStage): string {
  return shared ? `${stage}:${entity}` : `${stage}:${entity}:${code}`;
}

function newStage(id: string, entity: string, resolved: ResolvedStage, asks: Stage['asks']): Stage {
  const { stage, kind, code, period, server, database, location, procedure, parameters } = resolved;
  const { setOptions, transaction, repeatable, returnCheck, succeeds, timeoutSeconds } = resolved;
  return {
    id,
    kind,
    stage,
    entity,
    ...(code !== undefined && !resolved.shared && { code }),
    ...(period && { period }),
    server,
    database,
    ...(location !== undefined && { location }),
    procedure,
    parameters,
    ...(kind === 'dynsql' && asks && { asks }),
    setOptions,
    ...(transaction !== 'own' && { transaction }),
    repeatable,
    returnCheck,
    ...(succeeds !== undefined && { succeeds }),
    ...(timeoutSeconds !== undefined && { timeoutSeconds }),
    needs: [],
    state: 'pending',
    attempts: [],
    messages: { count: 0 },
  };
}

/** Entity by entity, as they come; within one, what needs less first: all exports, crude, heap. */
function entityByEntity(stages: readonly Stage[]): Stage[] {
  const byId = new Map(stages.map((stage) => [stage.id, stage]));
  const depths = new Map<string, number>();
  const depthOf = (id: string): number => {
    const known = depths.get(id);
    if (known !== undefined) return known;
    const needs = byId.get(id)?.needs ?? [];
    const depth = needs.reduce((most, need) => Math.max(most, 1 + depthOf(need)), 0);
    depths.set(id, depth);
    return depth;
  };
  return [...Map.groupBy(stages, ({ entity }) => entity).values()].flatMap((own) =>
    own.toSorted((a, b) => depthOf(a.id) - depthOf(b.id)),
  );
}
