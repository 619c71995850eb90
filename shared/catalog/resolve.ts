/** What a catalogue says about one entity of one data source. */

import type { ReturnCheck } from '../database/return-value.ts';
import type { StageWindow } from './catalog.ts';
import { type Matcher, matcherKeys, matches } from './matcher.ts';
import type { Names } from './name-template.ts';
import type {
  CatalogData,
  Check,
  DataSource,
  Entity,
  Freshness,
  Pipeline,
  Stage,
} from './schema.ts';
import { isOfPeriod } from './value-source.ts';

/** One entity of one data source; `source` is the one its export really runs for. */
export interface Subject {
  entity: Entity;
  source: DataSource;
  /** As this source has it. */
  dated: boolean;
  /** What this source calls it; undefined: by its own name. */
  sourceName?: string | undefined;
  /** Columns that checks sum up. */
  sums?: readonly string[] | undefined;
}

/** The entities of a data source, in the catalogue's order. */
export function entitiesOf(data: CatalogData, source: DataSource): Entity[] {
  const { only, except, standsFor, system } = source;
  return data.entities.filter(
    ({ name, systems }) =>
      systems.includes(system) &&
      (only?.entities.includes(name) ?? true) &&
      !(except?.entities.includes(name) ?? false) &&
      (standsFor?.entities.includes(name) ?? true),
  );
}

/** Whether a source is asked in place of another one for an entity. */
export function standsFor(
  { standsFor: others }: DataSource,
  entity: Entity,
  asked: DataSource,
): boolean {
  if (others === undefined || asked.standsFor !== undefined) return false;
  return matches(others, { entity, source: asked });
}

const standInsOf = new WeakMap<readonly DataSource[], DataSource[]>();

/** Few of the sources stand for others: all are looked through once, not for each subject. */
function standIns({ dataSources }: Pick<CatalogData, 'dataSources'>): readonly DataSource[] {
  const known = standInsOf.get(dataSources);
  if (known !== undefined) return known;
  const found = dataSources.filter((source) => source.standsFor !== undefined);
  standInsOf.set(dataSources, found);
  return found;
}

/** An entity is exported for the source that stands for the one that was asked, if there is one. */
export function subjectOf(data: CatalogData, entity: Entity, asked: DataSource): Subject {
  const source = standIns(data).find((other) => standsFor(other, entity, asked)) ?? asked;
  const own: Pick<Subject, 'dated' | 'sourceName' | 'sums'> = entity;
  const { dated, sourceName, sums } = changedBy(own, entity.overrides, { entity, source });
  return { entity, source, dated, sourceName, sums };
}

/** What templates are filled with. */
export const namedAs = ({ entity, sourceName, sums }: Subject): Names => ({
  name: entity.name,
  sourceName,
  sums,
});

/** The entities so that each comes after those it is `after`; otherwise as they are. */
export function inOrder(entities: readonly Entity[]): Entity[] {
  const byName = new Map(entities.map((entity) => [entity.name, entity]));
  const ordered = new Set<Entity>();
  const begun = new Set<Entity>();
  const visit = (entity: Entity) => {
    if (begun.has(entity)) return;
    begun.add(entity);
    for (const name of entity.after) {
      const before = byName.get(name);
      if (before !== undefined) visit(before);
    }
    ordered.add(entity);
  };
  for (const entity of entities) visit(entity);
  return [...ordered];
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

/** An item of a pipeline: its stages and its queries. */
export type Item = Stage | Freshness | Check;

/** A stage or query on the way of a subject, as it is for it. */
export interface Adapted<Of extends Item> {
  pipeline: Pipeline;
  /** As it stands in the catalogue. */
  declared: Of;
  item: Of;
}

/** The stages of a subject, in their order. */
export function stagesOf(data: CatalogData, subject: Subject): Adapted<Stage>[] {
  return onWay(data, subject, ({ stages }) => stages);
}

/** The queries of a subject. */
export function readingsOf(data: CatalogData, subject: Subject): Adapted<Freshness>[] {
  return onWay(data, subject, ({ freshness }) => freshness);
}

/** The queries of a subject's checks. */
export function checksOf(data: CatalogData, subject: Subject): Adapted<Check>[] {
  return onWay(data, subject, ({ checks }) => checks);
}

function onWay<Of extends Item>(
  data: CatalogData,
  subject: Subject,
  itemsOf: (pipeline: Pipeline) => readonly Of[],
): Adapted<Of>[] {
  return chainOf(data, subject.source.system).flatMap((pipeline) =>
    itemsOf(pipeline)
      .filter((declared) => isFor(declared, subject))
      .map((declared) => ({ pipeline, declared, item: adapted(pipeline, declared, subject) })),
  );
}

/**
 * Whether an item is there for a subject at all. A call that is made once for many entities and takes
 * the month is there for the dated ones.
 */
export function isFor(item: Item, subject: Subject): boolean {
  const { only, except } = item;
  if (only !== undefined && !matches(only, subject)) return false;
  if (except !== undefined && matches(except, subject)) return false;
  const isOfMany = 'once' in item && (item.once === 'run' || item.once === 'source');
  return subject.dated || !isOfMany || !item.parameters.some(({ from }) => isOfPeriod(from));
}

/** What a pipeline says for all of its items. */
const inherited = ['database', 'repeatable', 'returnValue'] as const;

/**
 * A stage or query as it is for one subject: its pipeline's fields, under its own, each under those
 * of the overrides that apply; of two overrides that give the same field the later one counts.
 */
export function adapted<Of extends Item>(pipeline: Pipeline, item: Of, subject: Subject): Of {
  const general = changedBy(pipeline, pipeline.overrides, subject);
  const usual = Object.fromEntries(
    inherited.flatMap((key) => (general[key] === undefined ? [] : [[key, general[key]]])),
  );
  return { ...usual, ...changedBy(item, item.overrides, subject) };
}

type Override = Matcher & { description?: string | undefined; guess?: string | undefined };

function changedBy<T extends object>(
  own: T,
  overrides: readonly Override[],
  subject: Pick<Subject, 'entity' | 'source'>,
): T {
  const applying = overrides.filter((override) => matches(override, subject));
  return { ...own, ...Object.fromEntries(applying.flatMap(givenBy)) };
}

/** What an override is for, and what is for people. */
const notGiven: readonly string[] = [...matcherKeys, 'description', 'guess'];

/** The fields an override gives, apart from what it is for. */
export function givenBy(override: Override): [string, unknown][] {
  return Object.entries(override).filter(
    ([key, value]) => value !== undefined && !notGiven.includes(key),
  );
}

/** Which part of the catalogue a field comes from for a subject, and where in it that stands. */
export function giverOf(
  pipeline: Pipeline,
  item: Item,
  subject: Subject,
  key: string,
): { part: object; path: (string | number)[] } {
  for (const part of [item, pipeline]) {
    const index = part.overrides.findLastIndex(
      (override) =>
        matches(override, subject) && givenBy(override).some(([given]) => given === key),
    );
    if (index >= 0) return { part, path: ['overrides', index, key] };
    if (Reflect.get(part, key) !== undefined) return { part, path: [key] };
  }
  return { part: item, path: [key] };
}

/** The database of a stage or query: that it says, or its source's; a company has none of its own. */
export function databaseOf(item: Item, source: DataSource): string | undefined {
  return item.database ?? source.database;
}

/**
 * Names of the stages that come right before one on a subject's way: those it names, or the one
 * before it; of one that the subject does not have, those before that.
 */
export function precedingOf(data: CatalogData, stage: Stage, subject: Subject): string[] {
  const all = chainOf(data, subject.source.system).flatMap(({ stages }) => stages);
  const before = (one: Stage): Stage[] => {
    const at = all.indexOf(one);
    const named = one.after?.flatMap((name) => all.find((other) => other.stage === name) ?? []);
    const direct = named ?? all.slice(Math.max(0, at - 1), at);
    return direct
      .filter((other) => all.indexOf(other) < at)
      .flatMap((other) => (isFor(other, subject) ? [other] : before(other)));
  };
  return [...new Set(before(stage).map((one) => one.stage))];
}

/**
 * A stage's own answer, or its pipeline's; where a condition says which values are right, none. The
 * procedures of `flexibee` and `dynsql` are called by a contract in which 0 means that all of it was
 * applied: what they did not take would be lost.
 */
export function returnCheckOf({ kind, succeeds, returnValue }: Stage): ReturnCheck {
  if (succeeds.some(({ of }) => of === 'return value')) return 'ignore';
  return returnValue ?? (kind === 'procedure' ? 'warn' : 'zero');
}

/**
 * When a stage may begin: what it says itself, or where it works at its source, what that says.
 *
 * @param timeZone where the window names none
 */
export function windowOf(
  stage: Stage,
  source: DataSource,
  timeZone: string,
): StageWindow | undefined {
  const isOwn = stage.once === undefined || stage.once === 'source';
  const isAtSource =
    stage.kind !== 'procedure' || (isOwn && databaseOf(stage, source) === source.database);
  const window = stage.window ?? (isAtSource ? source.window : undefined);
  return window && { ...window, timeZone: window.timeZone ?? timeZone };
}
