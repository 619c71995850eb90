/**
 * The calls of all ways as one graph: each once, and after what it needs. It has no circle, for every
 * edge leads to a stage that stands later in the catalogue, or to the same stage of an entity that
 * comes later, and entities do not come after one another in a circle.
 */

import type { ResolvedStage } from '../catalog/index.ts';
import { periodText } from './period.ts';
import type { Stage } from './run.ts';
import { entityOf, everyEntity, type StageIds } from './stage-ids.ts';

/** The stages of one entity of one source in one month. */
export interface Way {
  entity: string;
  /** As it was asked for. */
  code: string;
  stages: ResolvedStage[];
  asks: Stage['asks'];
}

interface Node {
  stage: Stage;
  needs: Set<string>;
  anyOf: Set<string>;
}

/**
 * @param ways entity by entity, in the order in which entities come
 * @param before the entities that one comes after
 * @returns in topological order: entity by entity, within one what needs less first
 */
export function stageGraph(
  ways: readonly Way[],
  ids: StageIds,
  before: (entity: string) => readonly string[],
): Stage[] {
  const nodes = new Map<string, Node>();
  const byAsked = Map.groupBy(ways, ({ entity, code }) => `${entity} ${code}`);
  for (const way of ways) {
    const others = before(way.entity).flatMap((entity) =>
      ofSameMonth(byAsked.get(`${entity} ${way.code}`) ?? [], way),
    );
    for (const resolved of way.stages) {
      const id = ids.idOf(way.entity, resolved);
      const node = nodes.get(id) ?? {
        stage: newStage(id, way, resolved),
        needs: new Set<string>(),
        anyOf: new Set<string>(),
      };
      nodes.set(id, node);
      const direct = resolved.needs === 'any' ? node.anyOf : node.needs;
      for (const name of resolved.after) {
        const previous = way.stages.find(({ stage }) => stage === name);
        if (previous !== undefined) direct.add(ids.idOf(way.entity, previous));
      }
      if (isOfMany(resolved)) continue;
      for (const other of others) {
        const counterpart = other.stages.findLast(
          (stage) => stage.rank <= resolved.rank && !isOfMany(stage),
        );
        if (counterpart !== undefined) node.needs.add(ids.idOf(other.entity, counterpart));
      }
    }
  }
  const entities = [...new Set(ways.map(({ entity }) => entity))];
  return inOrder(
    [...nodes.values()].map(({ stage, needs, anyOf }) => {
      // Where all are needed, one of them is.
      const any = [...anyOf].filter((id) => !needs.has(id));
      return { ...stage, needs: [...needs], ...(any.length > 0 && { anyOf: any }) };
    }),
    entities,
  );
}

/** A call for all entities of a source, or of a run. */
function isOfMany({ once }: ResolvedStage): boolean {
  return once === 'source' || once === 'run';
}

/** The ways of the month that this one is of; all of them where there is none. */
function ofSameMonth(ways: readonly Way[], way: Way): readonly Way[] {
  const month = monthOf(way);
  const same = ways.filter((other) => monthOf(other) === month);
  return same.length > 0 ? same : ways;
}

function monthOf({ stages }: Way): string | undefined {
  const period = stages.find((stage) => stage.period !== undefined)?.period;
  return period && periodText(period);
}

function newStage(id: string, { entity, asks }: Way, resolved: ResolvedStage): Stage {
  const { stage, kind, code, period, server, database, location, procedure, parameters } = resolved;
  const { setOptions, transaction, repeatable, returnCheck, succeeds, timeoutSeconds } = resolved;
  const { atOnce, exclusive, window } = resolved;
  return {
    id,
    kind,
    stage,
    entity: entityOf(entity, resolved),
    ...(code !== undefined && { code }),
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
    ...(atOnce !== undefined && { atOnce }),
    ...(exclusive !== undefined && { exclusive }),
    ...(window !== undefined && { window }),
    needs: [],
    state: 'pending',
    attempts: [],
    messages: { count: 0 },
  };
}

/** Everything that must have ended before a stage. */
export function neededBy({ needs, anyOf = [] }: Pick<Stage, 'needs' | 'anyOf'>): string[] {
  return [...needs, ...anyOf];
}

/**
 * Entity by entity. What is called once for many entities divides the others into those before it and
 * those after it.
 */
function inOrder(stages: readonly Stage[], entities: readonly string[]): Stage[] {
  const byId = new Map(stages.map((stage) => [stage.id, stage]));
  const places = new Map<string, { level: number; depth: number }>();
  const placeOf = (stage: Stage): { level: number; depth: number } => {
    const known = places.get(stage.id);
    if (known !== undefined) return known;
    const place = { level: 0, depth: 0 };
    for (const id of neededBy(stage)) {
      const needed = byId.get(id);
      if (needed === undefined) continue;
      const { level, depth } = placeOf(needed);
      const divides = [stage, needed].some(({ entity }) => entity === everyEntity);
      place.level = Math.max(place.level, level + Number(divides));
      place.depth = Math.max(place.depth, depth + 1);
    }
    places.set(stage.id, place);
    return place;
  };
  const ranks = new Map(entities.map((entity, rank) => [entity, rank]));
  /** What waits for many stands in nobody's way: after all that may run before it. */
  const rankOf = (stage: Stage) =>
    ranks.get(stage.entity) ?? (neededBy(stage).length === 0 ? -1 : entities.length);
  return stages.toSorted((a, b) => {
    const [one, other] = [placeOf(a), placeOf(b)];
    return one.level - other.level || rankOf(a) - rankOf(b) || one.depth - other.depth;
  });
}
