/** How many rows a statement changes at most. */

import type { Top } from '../syntax/ast.ts';
import type { Scope, Translation } from '../translate/context.ts';
import { topSql } from '../translate/select.ts';
import type { SessionState } from './state.ts';

/** Its TOP, and SET ROWCOUNT: the smaller one counts. */
export function rowLimitSql(
  { options }: SessionState,
  context: Translation,
  scope: Scope,
  top: Top | undefined,
): string {
  const limit = options.rowCountLimit;
  const given = top && topSql(context, scope, top);
  if (!(limit > 0)) return given ?? '';
  return given === undefined
    ? ` LIMIT ${limit}`
    : `${given.replace(' LIMIT ', ` LIMIT min(${limit}, `)})`;
}
