/** The shipped catalogue, cut down so that a sync of a whole source takes a second. */

import shipped from '../../catalog/catalog.json' with { type: 'json' };
import { shippedCatalog } from '../../shared/catalog/index.ts';
import { planStages } from '../../shared/sync/plan.ts';
import { companies, evidences } from './companies.ts';

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
  systems: ['hcs', 'stek'],
}));

/** The exports of this system may not be repeated: a worker that dies in one leaves a run that says so. */
const unrepeatable = 'hcs';

/** Pipelines that the unruly entities go through; they have none of the tables that are asked. */
const billing = ['hcs', 'stek', 'ab'];

const billed = shipped.dataSources.filter((source) => 'database' in source);

/** Of these entities: what stands for others does so for those that there are. */
function billedWith(names: readonly string[]): object[] {
  return billed.map((source) => {
    if (!('standsFor' in source) || source.standsFor === undefined) return source;
    const entities = source.standsFor.entities.filter((name) => names.includes(name));
    return { ...source, standsFor: { ...source.standsFor, entities } };
  });
}

/** They follow their companies beside the syncs; nobody asks for a sync of them. */
const followed = Object.entries(companies).map(([code, name]) => ({
  code,
  description: code,
  system: 'flexibee',
  company: { server: 'flexibee', connection: 'FLEXIBEE_DEMO', name },
}));

/** What somebody does to the catalogue while runs are under way. */
export const catalogChanges = [
  'entity removed',
  'database renamed',
  'server renamed',
  'as it was',
] as const;
export type CatalogChange = (typeof catalogChanges)[number];

/** What is no longer there, or no longer called so. */
const changed = { entity: 'payment', databases: ['hcs', 'ab'], servers: ['dcdb', 'ab'] };
const renamed = '-renamed';

/** As the shipped catalogue calls it. */
export function shippedId(id: string): string {
  return id.endsWith(renamed) ? id.slice(0, -renamed.length) : id;
}

/** The same with other ids, wherever they are named. */
function withRenamed(catalog: object, list: 'databases' | 'servers', field: string): object {
  const ids = changed[list];
  const text = JSON.stringify(catalog, (key, value: unknown) => {
    if (key === field && ids.includes(String(value))) return `${value}${renamed}`;
    if (key !== list || !Array.isArray(value)) return value;
    return value.map((one: { id: string }) =>
      ids.includes(one.id) ? { ...one, id: `${one.id}${renamed}` } : one,
    );
  });
  return JSON.parse(text);
}

/** JSON of the catalogue: fewer entities, and exports that may not be repeated. */
export function chaosCatalog(change: CatalogChange = 'as it was'): string {
  const whole = catalogOf(change === 'entity removed' ? [changed.entity] : []);
  if (change === 'database renamed') {
    return JSON.stringify(withRenamed(whole, 'databases', 'database'));
  }
  return JSON.stringify(
    change === 'server renamed' ? withRenamed(whole, 'servers', 'server') : whole,
  );
}

function catalogOf(removed: readonly string[]): object {
  const names: readonly string[] = entityNames.filter((name) => !removed.includes(name));
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
      const except = 'except' in query ? query.except.entities : [];
      const lacking = [...except.filter((name) => names.includes(name)), ...unrulyEntities];
      return {
        ...query,
        except: billing.includes(pipeline.id) ? { entities: lacking } : undefined,
        overrides: kept('overrides' in query ? query.overrides : []),
      };
    }),
    ...('checks' in pipeline && {
      checks: pipeline.checks.map(({ ...check }) => ({
        ...check,
        ...(billing.includes(pipeline.id) && { except: { entities: [...unrulyEntities] } }),
        overrides: kept('overrides' in check ? check.overrides : []),
      })),
    }),
  }));
  const ruly = shipped.entities.filter(({ name }) => names.includes(name));
  const mirrored = shipped.entities.filter(({ name }) => evidences.some((one) => one === name));
  const [first, second] = unruly;
  const entities = [first, ...ruly.slice(0, 2), second, ...ruly.slice(2), ...mirrored];
  return { ...shipped, dataSources: [...billedWith(names), ...followed], entities, pipelines };
}

/** Data sources by the server that a sync of them claims. */
export function codesByServer(): Record<string, string[]> {
  const catalog = shippedCatalog();
  const period = { month: 7, year: 2019 };
  const names = ['personal_account'];
  const codes = billed.filter((source) => !('standsFor' in source)).map(({ code }) => code);
  return Object.fromEntries(
    Map.groupBy(
      codes,
      (code) => planStages(catalog, [{ names, codes: [code], periods: [period] }]).servers[0] ?? '',
    ),
  );
}
