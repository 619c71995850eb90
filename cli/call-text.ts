/** A call as T-SQL, for people: what the app sends by RPC would do the same. */

import { quoted } from '../shared/app/grants.ts';
import type { CallParameter, ResolvedStage } from '../shared/catalog/index.ts';

type Called = Pick<ResolvedStage, 'procedure' | 'parameters' | 'kind'>;

/** `EXEC [dbo].[sp_x] @code = '0c10', @from = '2024-02-01'`; what only a run knows is `<user>`. */
export function callText({ procedure, parameters, kind }: Called): string {
  const name = quoted([procedure.schema, procedure.name]);
  const handed = kind === 'procedure' ? '' : ` -- ${kind}: piece by piece`;
  return `EXEC ${name}${parameters.length > 0 ? ` ${parameters.map(parameterText).join(', ')}` : ''}${handed}`;
}

function parameterText({ name, value, from, output }: CallParameter): string {
  return `@${name} = ${from === undefined ? literal(value) : `<${from}>`}${output ? ' OUTPUT' : ''}`;
}

function literal(value: CallParameter['value']): string {
  if (value === null) return 'NULL';
  if (typeof value === 'boolean') return value ? '1' : '0';
  return typeof value === 'number' ? String(value) : `'${value.replaceAll("'", "''")}'`;
}
