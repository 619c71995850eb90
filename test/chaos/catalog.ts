/** The shipped catalogue, cut down so that a sync of a whole source takes a second. */

import shipped from '../../catalog/catalog.json' with { type: 'json' };
import { shippedCatalog } from '../../shared/catalog/index.ts';
import { planStages } from '../../shared/sync/plan.ts';

/** One for all areas at once, three per code, two of them dated. */
export const entityNames = [
  'premises',
  'personal_account',
  'meter',
  'payment',
  'charge_detail',
] as const;

/** Entities of ours, whose procedures misbehave as each episode plans: `habits.ts`. */
export const unrulyEntities = ['unruly_first', 'unruly_second'] as const;

/** Before everything, and in the middle: what they leave behind meets the stages that come next. */
const unruly = unrulyEntities.map((name) => ({
  name,
  description: name,
  dated: false,
  systems: { hcs: 'per code', stek: 'per code' },
}));

/** The exports of this system may not be repeated: a worker that dies in one leaves a run that says so. */
const unrepeatable = 'hcs';

/** Pipelines that the unruly entities go through; they have none of the tables that are asked. */
const billing = ['hcs', 'stek', 'ab'];

/** What comes from other systems than billing breaks otherwise: test/flexibee, test/dynsql. */
const billed = shipped.dataSources.filter((source) => 'database' in source);

/** JSON of the catalogue: fewer entities, and exports that may not be repeated. */
export function chaosCatalog(): string {
  const names: readonly string[] = entityNames;
  const kept = (overrides: readonly object[]) =>
    overrides.flatMap((override) => {
      if (!('entities' in override) || !Array.isArray(override.entities)) return [override];
      const entities = override.entities.filter((name) => names.includes(name));
      return entities.length === 0 ? [] : [{ ...override, entities }];
    });
  const pipelines = shipped.pipelines.map((pipeline) => ({
    ...pipeline,
    stages: pipeline.stages.map((stage) => ({
      ...stage,
      repeatable: pipeline.id !== unrepeatable,
      ...(stage.stage === 'heap' && { returnValue: 'zero' }),
      overrides: kept('overrides' in stage ? stage.overrides : []),
    })),
    freshness: pipeline.freshness.map(({ ...query }) => {
      const except = 'except' in query ? query.except.filter((name) => names.includes(name)) : [];
      return {
        ...query,
        except: billing.includes(pipeline.id) ? [...except, ...unrulyEntities] : undefined,
        overrides: kept('overrides' in query ? query.overrides : []),
      };
    }),
  }));
  const ruly = shipped.entities.filter(({ name }) => names.includes(name));
  const [first, second] = unruly;
  const entities = [first, ...ruly.slice(0, 2), second, ...ruly.slice(2)];
  return JSON.stringify({ ...shipped, dataSources: billed, entities, pipelines });
}

/** Data sources by the server that a sync of them claims. */
export function codesByServer(): Record<string, string[]> {
  const catalog = shippedCatalog();
  const period = { month: 7, year: 2019 };
  const names = ['personal_account'];
  const codes = billed
    .filter((source) => !('allAreas' in source && source.allAreas))
    .map(({ code }) => code);
  return Object.fromEntries(
    Map.groupBy(
      codes,
      (code) => planStages(catalog, { names, codes: [code], period }).servers[0] ?? '',
    ),
  );
}
