/**
 * From a request to a graph of stages. For each (source, entity, period) an export; for each
 * entity one crude and one heap after all its exports.
 *
 * The list is in topological order, and its order on each server is the order in which that
 * server gets its stages: the catalogue's entity order.
 */

import type { Catalog, ResolvedStage } from '../catalog/index.ts';
import { locksOf } from './locks.ts';
import type { Freshness, Period, Run, Stage } from './run.ts';

export interface PlanRequest {
  /** Entities in catalogue order. */
  names: readonly string[];
  codes: readonly string[];
  period?: Period;
}

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

/**
 * @param request names and codes that the catalogue knows; an entity that a source lacks is left
 *   out for that source
 * @throws RangeError for a dated entity without a period
 */
export function planStages(catalog: Catalog, request: PlanRequest): Plan {
  const stages = new Map<string, Stage>();
  const servers = new Set<string>();
  const locks = new Map<string, string>();
  const freshness = new Map<string, Freshness>();
  const statements = new Once<string>();
  const queries = new Once<Query>();
  for (const name of request.names) {
    for (const code of request.codes) {
      if (!catalog.entityOrder(code).includes(name)) continue;
      const question = { name, code, ...(request.period && { period: request.period }) };
      const resolved = catalog.stages(question);
      for (const stage of resolved) {
        if (stage.shared) continue;
        servers.add(stage.server);
        for (const lock of locksOf(stage)) locks.set(lock, stage.server);
      }
      const source = resolved.find((stage) => !stage.shared)?.code ?? code;
      const asked = catalog.freshness({ name, code: source }).map((query) => {
        const { place, database, sql, parameters } = query;
        return { place, database, statement: statements.placeOf(sql), parameters };
      });
      freshness.set(`${name}:${source}`, { entity: name, code: source, queries: asked });
      const { connection, ...query } = catalog.rowQuery({ name, code: source }) ?? {};
      const asks = connection && { connection, query: queries.placeOf(query) };
      addPipeline(stages, name, resolved, asks || undefined);
    }
  }
  const order = entityByEntity([...stages.values()], request.names);
  return {
    stages: order,
    servers: [...servers].sort(),
    locks: [...locks.keys()].sort().map((lock) => ({ lock, server: locks.get(lock) ?? lock })),
    freshness: [...freshness.values()],
    statements: statements.values,
    queries: queries.values,
  };
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

/** Adds one source's pipeline of one entity; a stage that is there already gains what it needs. */
function addPipeline(
  stages: Map<string, Stage>,
  entity: string,
  pipeline: readonly ResolvedStage[],
  asks: Stage['asks'],
): void {
  let previous: string | undefined;
  for (const resolved of pipeline) {
    const id = resolved.shared
      ? `${resolved.stage}:${entity}`
      : `${resolved.stage}:${entity}:${resolved.code}`;
    const stage = stages.get(id) ?? newStage(id, entity, resolved, asks);
    if (previous !== undefined && !stage.needs.includes(previous)) stage.needs.push(previous);
    stages.set(id, stage);
    previous = id;
  }
}

function newStage(id: string, entity: string, resolved: ResolvedStage, asks: Stage['asks']): Stage {
  const { stage, kind, code, server, database, location, procedure, parameters } = resolved;
  const { setOptions, transaction, repeatable, returnCheck, timeoutSeconds } = resolved;
  return {
    id,
    kind,
    stage,
    entity,
    ...(code !== undefined && !resolved.shared && { code }),
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
    ...(timeoutSeconds !== undefined && { timeoutSeconds }),
    needs: [],
    state: 'pending',
    attempts: [],
    messages: { count: 0 },
  };
}

/** Entity by entity; within one, what needs less first: all exports, then crude, then heap. */
function entityByEntity(stages: readonly Stage[], names: readonly string[]): Stage[] {
  const byId = new Map(stages.map((stage) => [stage.id, stage]));
  const depth = (stage: Stage): number => Math.max(0, ...stage.needs.map((id) => 1 + depthOf(id)));
  const depthOf = (id: string): number => {
    const stage = byId.get(id);
    return stage === undefined ? 0 : depth(stage);
  };
  return names.flatMap((name) =>
    stages.filter((stage) => stage.entity === name).sort((a, b) => depth(a) - depth(b)),
  );
}
