/** FlexiBee companies as data sources. */

import { chainOf, entitiesOf } from '../resolve.ts';
import type { DataSource, Stage } from '../schema.ts';
import type { Context } from './check-context.ts';

export function checkCompanies(context: Context): void {
  for (const source of context.data.dataSources) {
    if (source.company !== undefined) checkCompany(context, source);
  }
  checkTwice(context);
}

function checkCompany({ data, at, fault }: Context, source: DataSource): void {
  const { code, system } = source;
  for (const entity of entitiesOf(data, source).filter(({ dated }) => dated)) {
    const text = `true, but ${system} is followed by version, not by month; use false`;
    fault(at(entity, 'dated'), text);
  }
  for (const stage of chainOf(data, system).flatMap(({ stages }) => stages)) {
    checkRepeatable({ at, fault }, stage, code);
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
