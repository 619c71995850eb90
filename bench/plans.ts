/** What the benchmarks need to know of the shipped catalogue. */

import type { ProcedureParameter } from 'tds-sqlite';
import { type Period, shippedCatalog } from '../shared/catalog/index.ts';
import type { Call } from '../shared/sync/call.ts';
import { planStages } from '../shared/sync/plan.ts';
import type { Stage as PlannedStage } from '../shared/sync/run.ts';
import { type LoadModel, type Stage, stageMs } from './time-model.ts';

export const catalog = shippedCatalog();
export const period: Period = { month: 7, year: 2019 };

/** The fifteen data sources of billing, each with its meters; `all` is no source of its own. */
export const allSources = Object.keys(catalog.codes()).filter((code) =>
  catalog.entityOrder(code).includes('meter'),
);

export function namesOf(codes: readonly string[]): string[] {
  const names = codes.flatMap((code) => catalog.entityOrder(code));
  return catalog.entityOrder('0c10').filter((name) => names.includes(name));
}

/** Whole sources, as one call. */
export function wholeOf(codes: readonly string[]): Call[] {
  return [{ codes: [...codes], names: namesOf(codes), whole: true, periods: [period] }];
}

export function planOf(codes: readonly string[]): PlannedStage[] {
  return planStages(catalog, wholeOf(codes)).stages;
}

export interface CatalogStage {
  name: string;
  stage: Stage;
  entity: string;
  parameters: ProcedureParameter[];
  /** The data source of a procedure that is not told one: a STEK database has one. */
  source?: string;
}

export interface BenchDatabase {
  database: string;
  server: string;
  /** Just enough tables for the freshness queries to find something. */
  schema: string;
  stages: CatalogStage[];
}

/** Every procedure of the catalogue, by database. */
export function proceduresOf(): BenchDatabase[] {
  const databases = new Map<string, BenchDatabase>();
  for (const code of Object.keys(catalog.codes())) {
    for (const stage of planOf([code])) {
      const known = databases.get(stage.database) ?? {
        database: stage.database,
        server: stage.server,
        schema: 'CREATE SCHEMA crude;',
        stages: [],
      };
      databases.set(stage.database, known);
      const name = `${stage.procedure.schema}.${stage.procedure.name}`;
      if (known.stages.some((one) => one.name === name)) continue;
      const parameters = stage.parameters.map(({ name, type }) => ({ name: `@${name}`, type }));
      const told = parameters.some((parameter) => parameter.name === '@CurDataAreaId');
      known.stages.push({
        name,
        stage: stage.stage as Stage,
        entity: stage.entity,
        parameters,
        ...(stage.code !== undefined && !told && { source: stage.code }),
      });
    }
  }
  return [...databases.values()];
}

/** Milliseconds of every stage of a plan, in the order in which one server after the other loads. */
export function timesOf(stages: readonly PlannedStage[], model: LoadModel): number[] {
  return stages.map(({ stage, entity, code }) => {
    const codes =
      code === undefined
        ? stages.flatMap((one) => (one.entity === entity && one.code ? [one.code] : []))
        : [code];
    return stageMs(model, stage as Stage, entity, codes);
  });
}

/**
 * No schedule can be faster: the longest chain of stages that need one another, and the work of
 * the busiest server (with what must come before its first and after its last stage).
 */
export function lowerBoundMs(stages: readonly PlannedStage[], model: LoadModel): number {
  const times = timesOf(stages, model);
  const time = new Map(stages.map(({ id }, index) => [id, times[index] ?? 0]));
  const heads = new Map<string, number>();
  for (const { id, needs } of stages) {
    heads.set(
      id,
      Math.max(0, ...needs.map((need) => (heads.get(need) ?? 0) + (time.get(need) ?? 0))),
    );
  }
  const tails = new Map<string, number>();
  for (const { id, needs } of stages.toReversed()) {
    const own = (tails.get(id) ?? 0) + (time.get(id) ?? 0);
    for (const need of needs) tails.set(need, Math.max(tails.get(need) ?? 0, own));
  }
  const chains = stages.map(
    ({ id }) => (heads.get(id) ?? 0) + (time.get(id) ?? 0) + (tails.get(id) ?? 0),
  );
  const servers = [...Map.groupBy(stages, ({ server }) => server).values()].map((lane) => {
    const work = lane.reduce((sum, { id }) => sum + (time.get(id) ?? 0), 0);
    const head = Math.min(...lane.map(({ id }) => heads.get(id) ?? 0));
    const tail = Math.min(...lane.map(({ id }) => tails.get(id) ?? 0));
    return head + work + tail;
  });
  return Math.max(...chains, ...servers);
}
