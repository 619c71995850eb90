/** How pipelines lead into one another, and the names of their stages and places. */

import { pathText } from '../../faults/catalog-error.ts';
import { chainOf } from '../resolve.ts';
import type { Pipeline, Stage } from '../schema.ts';
import type { Context } from './check-context.ts';

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

/** A stage and a place are named once on every way; one of all sources once in all pipelines. */
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
    if (goesRound(chain)) continue;
    once(stageNames(chain.flatMap(({ stages }) => stages)), `on the way of ${id}`);
    const queries = chain.flatMap(({ freshness }) => freshness);
    const places = queries.map((part) => ({ part, key: 'place', name: part.place }));
    once(places, `on the way of ${id}`);
    const checks = chain.flatMap((pipeline) => pipeline.checks);
    for (const [check, own] of Map.groupBy(checks, (query) => query.check)) {
      const compared = own.map((part) => ({ part, key: 'place', name: part.place }));
      once(compared, `in the check ${check} on the way of ${id}`);
    }
  }
  const common = data.pipelines.flatMap(({ stages }) =>
    stages.filter(({ once: what }) => what !== undefined),
  );
  once(stageNames(common), 'among the stages that are called once for several');
}

const goesRound = (chain: readonly Pipeline[]) =>
  chain.some((pipeline) => pipeline.id === chain.at(-1)?.next);

/** What a stage comes after stands before it, on one way at least: others step over it. */
export function checkAfter({ data, at, fault }: Context): void {
  const before = new Map<Stage, Set<string>>();
  for (const { id } of data.pipelines) {
    const chain = chainOf(data, id);
    if (goesRound(chain)) return;
    for (const [place, stage] of chain.flatMap(({ stages }) => stages).entries()) {
      const known = before.get(stage) ?? new Set();
      before.set(stage, known);
      const all = chain.flatMap(({ stages }) => stages).slice(0, place);
      for (const other of all) known.add(other.stage);
    }
  }
  for (const [stage, names] of before) {
    for (const [index, name] of (stage.after ?? []).entries()) {
      if (names.has(name)) continue;
      const use = names.size === 0 ? 'it is the first' : `use ${[...names].join(', ')}`;
      fault(at(stage, 'after', index), `"${name}" is not a stage before ${stage.stage}; ${use}`);
    }
  }
}
