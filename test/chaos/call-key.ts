/** What makes a call that of a stage: database, procedure and parameters. */

import type { ProcedureCall } from 'tds-sqlite';
import shipped from '../../catalog/catalog.json' with { type: 'json' };
import sample from '../../local.settings.sample.json' with { type: 'json' };
import type { Stage } from '../../shared/sync/run.ts';
import { shippedId } from './catalog.ts';

/** Names of the databases, by the catalogue's ids. */
const databaseNames = new Map(
  shipped.databases.map(({ id, connection }) => {
    const values: Record<string, string> = sample.Values;
    return [id, /Database=([^;]+)/.exec(values[connection] ?? '')?.[1] ?? id];
  }),
);

/** Of the calls that a stage makes. */
export function stageKey({ database, procedure, parameters }: Stage): string {
  const values = Object.fromEntries(parameters.map(({ name, value }) => [name, value]));
  const name = `${procedure.schema}.${procedure.name}`;
  return key(databaseNames.get(shippedId(database)) ?? database, name, values);
}

export function callKey({ database, procedure, parameters }: ProcedureCall): string {
  return key(database, procedure, parameters);
}

function key(database: string, procedure: string, parameters: Record<string, unknown>): string {
  const values = Object.entries(parameters).map(([name, value]) => `${name}=${value}`);
  return [database, procedure, ...values.sort()].join(' ');
}
