/** How pipelines lead into one another, and what their stages may be. */

import { pathText } from '../../faults/catalog-error.ts';
import { filled, procedureName } from '../name-template.ts';
import { adapted, chainOf } from '../resolve.ts';
import type { Pipeline, Stage } from '../schema.ts';
import { isOfPeriod } from '../value-source.ts';
import type { Context } from './check-context.ts';
import { checkFits } from './fits.ts';
import { checkSuccess } from './success-checks.ts';

/** Each circle once, at its first pipeline. */
export function checkCircles({ data, at, fault }: Context): void {
  for (const pipeline of data.pipelines) {
    const chain = chainOf(data, pipeline.id);
    const goesRound = chain.at(-1)?.next === pipeline.id;
    const isFirst = chain.every(
      (other) => data.pipelines.indexOf(other) >= data.pipelines.indexOf(pipeline),
    );
    if (!goesRound || !isFirst) continue;
    const circle = [...chain.map(({ id }) => id), pipeline.id].join(' → ');
    fault(at(pipeline, 'next'), `goes round in a circle, ${circle}; leave it out in one of them`);
  }
}

/** A stage and a place are named once on every way; a shared stage once in all pipelines. */
export function checkNames({ data, at, fault }: Context): void {
  const told = new Set<object>();
  const once = (named: { part: object; key: string; name: string }[], where: string) => {
    const first = new Map<string, object>();
    for (const { part, key, name } of named) {
      const other = first.get(name) ?? part;
      first.set(name, other);
      if (other === part || told.has(part)) continue;
      told.add(part);
      fault(at(part, key), `"${name}" comes twice ${where}, see ${pathText(at(other, key))}`);
    }
  };
  const stageNames = (stages: Stage[]) =>
    stages.map((part) => ({ part, key: 'stage', name: part.stage }));
  for (const { id } of data.pipelines) {
    const chain = chainOf(data, id);
    if (chain.some((pipeline) => pipeline.id === chain.at(-1)?.next)) continue;
    once(stageNames(chain.flatMap(({ stages }) => stages)), `on the way of ${id}`);
    const queries = chain.flatMap(({ freshness }) => freshness);
    const places = queries.map((part) => ({ part, key: 'place', name: part.place }));
    once(places, `on the way of ${id}`);
  }
  const shared = data.pipelines.flatMap(({ stages }) => stages.filter((stage) => stage.shared));
  once(stageNames(shared), 'among the shared stages');
}

/** One call of a shared stage serves all sources, so nothing in it may depend on one of them. */
export function checkShared({ at, fault }: Context, { stages }: Pipeline): void {
  for (const stage of stages.filter(({ shared }) => shared)) {
    const { overrides } = stage;
    if (stage.database === undefined) {
      fault(at(stage, 'database'), 'missing; a shared stage needs the id of one database');
    }
    const given = [
      { ...stage, path: [] },
      ...overrides.map((o, i) => ({ ...o, path: ['overrides', i] })),
    ];
    for (const { parameters = [], path } of given) {
      for (const [index, { from }] of parameters.entries()) {
        if (from !== 'code') continue;
        const text = '"code" in a shared stage, whose call serves all sources; use another';
        fault(at(stage, ...path, 'parameters', index, 'from'), text);
      }
    }
    for (const [index, override] of overrides.entries()) {
      for (const key of ['codes', 'scope'] as const) {
        if (override[key] === undefined) continue;
        fault(at(stage, 'overrides', index, key), 'in a shared stage; use entities only');
      }
    }
  }
}

/** What only shows with an entity's name and a source's code filled in. */
export function checkCalls({ through, at, fault }: Context, pipeline: Pipeline): void {
  for (const subject of through(pipeline)) {
    const { entity } = subject;
    for (const declared of pipeline.stages) {
      const stage = adapted(declared, subject);
      const procedure = filled(stage.procedure, entity);
      if (procedureName(procedure) === undefined) {
        const key = entity.sourceName === undefined ? 'name' : 'sourceName';
        const text = `too long: ${stage.stage} would call ${procedure}; use a name that makes at most 128 characters`;
        fault(at(entity, key), text);
      }
      checkFits({ at, fault }, stage.parameters, subject, stage.stage);
      checkSuccess({ at, fault }, declared, subject);
    }
  }
}

/**
 * A dated entity is asked for by month, so a stage on its way must be told which; a query's month
 * is checked by checks/queries.ts.
 */
export function checkDated({ data, subjects, at, fault }: Context): void {
  const dated = subjects.filter(({ entity }) => entity.dated && entity.dynsql === undefined);
  for (const subject of dated) {
    const { system } = subject.source;
    const stages = chainOf(data, system).flatMap((pipeline) => pipeline.stages);
    const takesPeriod = stages.some((stage) =>
      adapted(stage, subject).parameters.some(({ from }) => isOfPeriod(from)),
    );
    if (takesPeriod || chainOf(data, system).length === 0) continue;
    const text = `true, but no stage of ${system} takes the month; add a parameter or use false`;
    fault(at(subject.entity, 'dated'), text);
  }
}
