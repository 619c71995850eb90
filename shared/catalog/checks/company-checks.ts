/** FlexiBee companies as data sources. */

import { giverOf, stagesOf } from '../resolve.ts';
import type { DataSource } from '../schema.ts';
import type { Context } from './check-context.ts';

export function checkCompanies(context: Context): void {
  for (const source of context.data.dataSources) {
    if (source.company !== undefined) checkCompany(context, source);
  }
  checkTwice(context);
}

function checkCompany({ data, subjectsOf, at, fault }: Context, source: DataSource): void {
  const { code, system } = source;
  for (const subject of subjectsOf(source)) {
    if (subject.dated) {
      const text = `true, but ${system} is followed by version, not by month; use false`;
      fault(at(subject.entity, 'dated'), text);
    }
    for (const { pipeline, declared, item } of stagesOf(data, subject)) {
      if (item.repeatable !== true) {
        const { part, path } = giverOf(pipeline, declared, subject, 'repeatable');
        const why = `on the way of ${code}, where calls are repeated; make the procedure so, and use true`;
        fault(at(part, ...path), `missing or false ${why}`);
      }
      if (item.once === 'source' || item.once === 'run') {
        const why = `on the way of ${code}, whose procedures are also called after changes of one evidence`;
        fault(at(declared, 'once'), `"${item.once}" ${why}; use except`);
      }
    }
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
