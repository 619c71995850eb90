/** Queries as entities, and the connections that they are sent to. */

import { chainOf, entitiesOf } from '../resolve.ts';
import type { DataSource } from '../schema.ts';
import type { Context } from './check-context.ts';

export function checkQueries(context: Context): void {
  const { data, complete, at, fault } = context;
  for (const source of data.dataSources) {
    if (source.connection !== undefined) checkConnection(context, source, source.connection);
  }
  for (const entity of data.entities) {
    const { dynsql } = entity;
    if (dynsql === undefined) continue;
    const asked = context.subjects.filter(
      (one) => one.entity === entity && one.source.connection !== undefined,
    );
    const dated = asked.length > 0 ? asked.some((one) => one.dated) : entity.dated;
    if (dated && dynsql.period === undefined) {
      const text = 'missing; the query of a dated entity needs a condition for the month';
      fault(at(entity, 'dynsql', 'period'), text);
    }
    if (!dated && dynsql.period !== undefined) {
      fault(at(entity, 'dynsql', 'period'), 'given for an entity without a date; use dated: true');
    }
    const asking = data.dataSources.filter(({ connection }) => connection !== undefined);
    if (complete && !asking.some((source) => entitiesOf(data, source).includes(entity))) {
      const text = 'given, but no data source of its systems has a connection; leave it out';
      fault(at(entity, 'dynsql'), text);
    }
  }
}

function checkConnection({ data, at, fault }: Context, source: DataSource, id: string): void {
  const { code, system } = source;
  const known = data.connections.find((connection) => connection.id === id);
  if (known?.kind === 'database') {
    const text = `${id} is a database of ours, whose rows are there already; use a connection of kind abra-gen`;
    fault(at(source, 'connection'), text);
  }
  if (chainOf(data, system)[0]?.stages[0]?.kind !== 'dynsql') return;
  for (const entity of entitiesOf(data, source).filter(({ dynsql }) => dynsql === undefined)) {
    fault(at(entity, 'dynsql'), `missing; ${code} is a connection and needs to know what to ask`);
  }
}
