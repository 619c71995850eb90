/** FlexiBee companies as data sources, and the stages that follow them. */

import { chainOf, entitiesOf } from '../resolve.ts';
import type { DataSource, Stage } from '../schema.ts';
import type { Context } from './context.ts';

export function checkCompanies(context: Context): void {
  for (const source of context.data.dataSources) {
    checkWay(context, source);
    if (source.company !== undefined) checkCompany(context, source);
  }
  checkTwice(context);
  for (const { stages } of context.data.pipelines) {
    for (const stage of stages) if (stage.kind === 'flexibee') checkStage(context, stage);
  }
}

/** What follows a company begins its way, and nothing else does. */
function checkWay({ data, complete, at, fault }: Context, source: DataSource): void {
  const { code, system, company } = source;
  const [first, ...rest] = chainOf(data, system).flatMap(({ stages }) => stages);
  for (const stage of rest.filter(({ kind }) => kind === 'flexibee')) {
    fault(at(stage, 'kind'), `"flexibee" after another stage of ${system}; put it first`);
  }
  if (first === undefined || !complete) return;
  const isFollowed = first.kind === 'flexibee';
  if (isFollowed && company === undefined) {
    const text = `${system} begins with a flexibee stage, which needs a company; give company in place of database`;
    fault(at(source, 'database'), text);
  }
  if (!isFollowed && company !== undefined) {
    const text = `${code} is a company, and ${system} does not begin with a flexibee stage; use one that does`;
    fault(at(source, 'system'), text);
  }
}

function checkCompany({ data, at, fault }: Context, source: DataSource): void {
  const { code, system, allAreas } = source;
  if (allAreas) fault(at(source, 'allAreas'), 'true for a company; leave it out');
  for (const entity of entitiesOf(data, source).filter(({ dated }) => dated)) {
    const text = `true, but ${system} is followed by version, not by month; use false`;
    fault(at(entity, 'dated'), text);
  }
  for (const pipeline of chainOf(data, system)) {
    for (const item of [...pipeline.stages, ...pipeline.freshness]) {
      if (item.database !== undefined || ('kind' in item && item.kind === 'flexibee')) continue;
      const text = `missing; ${code} is a company and has no database of its own`;
      fault(at(item, 'database'), text);
    }
    for (const stage of pipeline.stages) checkRepeatable({ at, fault }, stage, code);
  }
}

/** After changes a procedure is called until it has succeeded. */
function checkRepeatable(
  { at, fault }: Pick<Context, 'at' | 'fault'>,
  stage: Stage,
  code: string,
): void {
  const why = `on the way of ${code}, where calls are repeated; make the procedure so, and use true`;
  if (!stage.repeatable) fault(at(stage, 'repeatable'), `missing or false ${why}`);
  for (const [index, { repeatable }] of stage.overrides.entries()) {
    if (repeatable === false) fault(at(stage, 'overrides', index, 'repeatable'), `false ${why}`);
  }
}

/** One company under two codes would be asked and stored twice. */
function checkTwice({ data, at, fault }: Context): void {
  const first = new Map<string, string>();
  for (const source of data.dataSources) {
    if (source.company === undefined) continue;
    const { connection, name } = source.company;
    const key = `${connection} ${name.toLowerCase()}`;
    const other = first.get(key);
    if (other === undefined) first.set(key, source.code);
    else fault(at(source, 'company', 'name'), `the company of ${other} already; use another`);
  }
}

/** The procedure gets pages by a contract of its own (docs/flexibee.md). */
function checkStage({ at, fault }: Context, stage: Stage): void {
  if (stage.database === undefined) {
    fault(at(stage, 'database'), 'missing; a flexibee stage needs the id of one database');
  }
  if (stage.shared) fault(at(stage, 'shared'), 'true for a flexibee stage; leave it out');
  const given = [
    { ...stage, path: [] },
    ...stage.overrides.map((override, index) => ({ ...override, path: ['overrides', index] })),
  ];
  for (const { path, ...call } of given) {
    for (const key of ['parameters', 'setOptions'] as const) {
      if ((call[key] ?? []).length === 0) continue;
      const text =
        'given for a flexibee stage, whose procedure gets pages of changes; leave it out';
      fault(at(stage, ...path, key), text);
    }
  }
}
