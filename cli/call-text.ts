/** A call as T-SQL that may be run by hand: what the app sends by RPC does the same. */

import { quoted } from '../shared/app/grants.ts';
import type { CallParameter, ResolvedStage } from '../shared/catalog/index.ts';

type Called = Pick<ResolvedStage, 'procedure' | 'parameters' | 'kind'>;

/**
 * `EXEC [dbo].[sp_x] @code = '0c10', @from = '2024-02-01'`; what only a run knows is `'<user>'`.
 * Outputs are variables, which are declared before: SQL Server takes no constant for one.
 */
export function callText({ procedure, parameters, kind }: Called): string {
  const name = quoted([procedure.schema, procedure.name]);
  const outputs = parameters.filter(({ output }) => output);
  const declared = outputs.map((one) => {
    const isEmpty = one.value === null && one.from === undefined;
    return `@${one.name} ${one.type}${isEmpty ? '' : ` = ${literal(one)}`}`;
  });
  const declaration = declared.length === 0 ? '' : `DECLARE ${declared.join(', ')}; `;
  const values = parameters.map((one) =>
    one.output ? `@${one.name} = @${one.name} OUTPUT` : `@${one.name} = ${literal(one)}`,
  );
  const handed = kind === 'procedure' ? '' : ` -- ${kind}: piece by piece`;
  return `${declaration}${['EXEC', name, values.join(', ')].filter(Boolean).join(' ')}${handed}`;
}

function literal({ type, value, from }: CallParameter): string {
  if (from !== undefined) return text(type, `<${from}>`);
  if (value === null) return 'NULL';
  if (typeof value === 'boolean') return value ? '1' : '0';
  return typeof value === 'number' ? String(value) : text(type, value);
}

/** Without N a letter that the code page of the database lacks would become a question mark. */
function text(type: string, value: string): string {
  const isWide = /^n(var)?char/.test(type) || /[^\x20-\x7e]/.test(value);
  // These read yyyy-mm-dd by the language of the login; yyyymmdd is the same in all.
  const told = /^(small)?datetime$/.test(type)
    ? value.replace(/^(\d{4})-(\d\d)-(\d\d)(?= |$)/, '$1$2$3')
    : value;
  return `${isWide ? 'N' : ''}'${told.replaceAll("'", "''")}'`;
}
