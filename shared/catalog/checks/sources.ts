/** Data sources against their systems and against one another. */

import { adapted, chainOf, entitiesOf } from '../resolve.ts';
import type { Context } from './check-context.ts';

/** At most one source stands for all areas of a system, and all-areas entities need one. */
export function checkAllAreas({ data, complete, at, fault }: Context): void {
  const first = new Map<string, string>();
  for (const source of data.dataSources.filter(({ allAreas }) => allAreas)) {
    const other = first.get(source.system);
    first.set(source.system, other ?? source.code);
    if (other !== undefined) {
      const text = `${other} stands for all areas of ${source.system} already; use false`;
      fault(at(source, 'allAreas'), text);
    }
  }
  if (!complete) return;
  for (const entity of data.entities) {
    for (const [system, scope] of entity.systems) {
      if (scope === 'all areas' && !first.has(system)) {
        const text = `"all areas", but no data source of ${system} has allAreas: true; add one or use "per code"`;
        fault(at(entity, 'systems', system), text);
      }
    }
  }
}

/** A source without entities would be an empty list to whoever picks it. */
export function checkEmptySources({ data, complete, at, fault }: Context): void {
  if (!complete) return;
  for (const source of data.dataSources) {
    if (entitiesOf(data, source).length > 0) continue;
    const { system, allAreas } = source;
    const scope = allAreas ? ' with the scope "all areas"' : '';
    const text = `no entity${scope} is in ${system}; add it to "systems" of its entities`;
    fault(at(source, allAreas ? 'allAreas' : 'system'), text);
  }
}

/** Two sources whose exports would be the very same call load each other's rows. */
export function checkApart({ data, subjects, at, fault }: Context): void {
  const first = new Map<string, string>();
  for (const subject of subjects) {
    const { entity, source } = subject;
    for (const declared of chainOf(data, source.system).flatMap(({ stages }) => stages)) {
      const stage = adapted(declared, subject);
      if (stage.shared || stage.parameters.some(({ from }) => from === 'code')) continue;
      const database = stage.database ?? source.database;
      // What is asked is told apart by its code; its stages are checked by checks/asked.ts.
      if (database === undefined || stage.kind !== 'procedure') continue;
      const call = JSON.stringify([stage.stage, entity.name, database, stage.procedure]);
      const other = first.get(call) ?? source.code;
      first.set(call, other);
      if (other === source.code) continue;
      const path = stage.database === undefined ? at(source, 'database') : at(declared, 'database');
      const text = `${stage.stage} cannot tell ${source.code} and ${other} apart in ${database}; use a database for each or a parameter from code`;
      fault(path, text);
    }
  }
}
