/** Overrides and exceptions of stages and freshness queries. */

import { notOneOf, type Path, pathText } from '../../faults/catalog-error.ts';
import { variablesOf } from '../name-template.ts';
import { adapted, applies, givenBy, givenIn, type Subject } from '../resolve.ts';
import type { Freshness, Pipeline, Stage } from '../schema.ts';
import type { Context } from './check-context.ts';
import { checkFits } from './fits.ts';

/** Every name in a list must be one that comes this way: a slip would change nothing, unseen. */
function checkListed(
  { fault }: Context,
  path: Path,
  listed: readonly string[],
  what: string,
  names: readonly string[],
): void {
  for (const [index, name] of listed.entries()) {
    if (!names.includes(name)) fault([...path, index], notOneOf(name, what, [...new Set(names)]));
  }
}

/** No override is without effect. */
function checkEffect(context: Context, item: Stage | Freshness, pipeline: Pipeline): void {
  const { complete, at, fault } = context;
  const subjects = context.through(pipeline);
  const names = subjects.map(({ entity }) => entity.name);
  const codes = subjects.map(({ source }) => source.code);
  const entityOf = `an entity that comes through ${pipeline.id}`;
  if (complete && 'except' in item) {
    checkListed(context, at(item, 'except'), item.except, entityOf, names);
  }
  for (const [index, override] of item.overrides.entries()) {
    const path = at(item, 'overrides', index);
    const { entities, codes: listed, scope } = override;
    if (entities === undefined && listed === undefined && scope === undefined) {
      fault(path, 'for everything; give entities, codes or scope, or change the field itself');
    }
    if (givenBy(override).length === 0) {
      fault(path, 'changes nothing; give a field or leave it out');
    }
    if (!complete) continue;
    checkListed(context, [...path, 'entities'], entities ?? [], entityOf, names);
    const codeOf = `a code whose exports come through ${pipeline.id}`;
    checkListed(context, [...path, 'codes'], listed ?? [], codeOf, codes);
    if (!subjects.some((subject) => applies(override, subject))) {
      fault(path, 'applies to nothing; no entity of a data source matches all of it');
    }
  }
}

/** A query's `@variables` are its parameters, no more and no fewer. */
function checkVariables({ at, fault }: Context, query: Freshness, subject: Subject): void {
  const { sql, parameters } = adapted(query, subject);
  const [sqlPath, path] = (['sql', 'parameters'] as const).map((key) =>
    at(query, ...givenIn(query, subject, key)),
  );
  const variables = variablesOf(sql);
  for (const name of variables) {
    if (parameters.some((parameter) => parameter.name === name)) continue;
    const there = pathText(path ?? []);
    fault(sqlPath ?? [], `uses @${name}, which is not in ${there}; add it there`);
  }
  for (const { name } of parameters) {
    if (!variables.includes(name)) {
      const there = pathText(sqlPath ?? []);
      fault(path ?? [], `@${name} is not used in ${there}; leave it out here`);
    }
  }
  checkFits({ at, fault }, parameters, subject, `freshness in ${query.place}`);
}

export function checkOverrides(context: Context, pipeline: Pipeline): void {
  const subjects = context.through(pipeline);
  for (const item of [...pipeline.stages, ...pipeline.freshness]) {
    checkEffect(context, item, pipeline);
  }
  for (const query of pipeline.freshness) {
    for (const subject of subjects) {
      if (!query.except.includes(subject.entity.name)) checkVariables(context, query, subject);
    }
  }
}
