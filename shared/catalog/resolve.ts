/** What a catalogue says about one entity of one data source. */

import type { ReturnCheck } from '../database/return-value.ts';
import type { Path } from '../faults/catalog-error.ts';
import type { CatalogData, DataSource, Entity, Freshness, Pipeline, Stage } from './schema.ts';

/** One entity of one data source; `source` is the one its export really runs for. */
export interface Subject {
  entity: Entity;
  source: DataSource;
}

/** The entities of a data source, in the catalogue's order, which is the order of a whole sync. */
export function entitiesOf(data: CatalogData, source: DataSource): Entity[] {
  return data.entities.filter(({ systems }) => {
    const scope = systems.get(source.system);
    return source.allAreas ? scope === 'all areas' : scope !== undefined;
  });
}

/** An entity loaded for all areas at once is exported for its system's `allAreas` data source. */
export function subjectOf(data: CatalogData, entity: Entity, asked: DataSource): Subject {
  const { system } = asked;
  const all = data.dataSources.find((source) => source.allAreas && source.system === system);
  const source = entity.systems.get(system) === 'all areas' ? (all ?? asked) : asked;
  return { entity, source };
}

/** A system's pipeline and those it goes on with; a circle is followed once around. */
export function chainOf(data: CatalogData, system: string): Pipeline[] {
  const chain: Pipeline[] = [];
  let id: string | undefined = system;
  while (id !== undefined) {
    const pipeline = data.pipelines.find((candidate) => candidate.id === id);
    if (pipeline === undefined || chain.includes(pipeline)) break;
    chain.push(pipeline);
    id = pipeline.next;
  }
  return chain;
}

/**
 * The database of a stage or query: its own, or its source's. A company has none, nor has a
 * connection, and every stage on their way names one (checks/asked.ts).
 */
export function databaseOf(item: Stage | Freshness, source: DataSource): string {
  const database = item.database ?? source.database;
  if (database === undefined) throw new Error(`unchecked: no database for ${source.code}`);
  return database;
}

/**
 * A stage's own answer, or its pipeline's; where a condition says which values are right, none. The procedures of `flexibee` and `dynsql` are called by a
 * contract in which 0 means that all of it was applied: what they did not take would be lost.
 */
export function returnCheckOf(stage: Stage, pipeline: Pipeline): ReturnCheck {
  if (stage.succeeds.some(({ of }) => of === 'return value')) return 'ignore';
  const usual = stage.kind === 'procedure' ? 'warn' : 'zero';
  return stage.returnValue ?? pipeline.returnValue ?? usual;
}

export type Override = Stage['overrides'][number] | Freshness['overrides'][number];

export function applies(override: Override, { entity, source }: Subject): boolean {
  return (
    (override.entities?.includes(entity.name) ?? true) &&
    (override.codes?.includes(source.code) ?? true) &&
    (override.scope === undefined || override.scope === entity.systems.get(source.system))
  );
}

/** What an override is for, and what is for people. */
const notGiven: readonly string[] = ['entities', 'codes', 'scope', 'description', 'guess'];

/** The fields an override gives, apart from what it is for. */
export function givenBy(override: Override): [string, unknown][] {
  return Object.entries(override).filter(
    ([key, value]) => value !== undefined && !notGiven.includes(key),
  );
}

/**
 * A stage or query as it is for one subject: its own fields, under those of the overrides that
 * apply; of two that give the same field the later one counts.
 */
export function adapted<Item extends Stage | Freshness>(item: Item, subject: Subject): Item {
  const applying = item.overrides.filter((override) => applies(override, subject));
  return { ...item, ...Object.fromEntries(applying.flatMap(givenBy)) };
}

/** Where the field that counts for a subject stands in a stage or query. */
export function givenIn(item: Stage | Freshness, subject: Subject, key: string): Path {
  const index = item.overrides.findLastIndex(
    (override) => applies(override, subject) && givenBy(override).some(([given]) => given === key),
  );
  return index < 0 ? [key] : ['overrides', index, key];
}
