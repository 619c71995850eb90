/**
 * Sources of a FROM as one subquery, whose columns are computed once for each row. SQLite would put
 * an expression in place of every mention of its column: of members of a document, and of what
 * APPLY makes of them, many times over.
 */

import type { Condition } from '../syntax/ast.ts';
import { prefixMatches } from './columns.ts';
import { whereSql } from './condition.ts';
import type { Scope, ScopeSource, Translation } from './context.ts';

/**
 * @param from what stands after SQLite's FROM
 * @param sources what it has, of `scope`; their columns are those of the subquery from now on
 * @param where conditions of the query; those that go by these sources alone are met, and taken out
 * @returns what stands after FROM instead
 */
export function gather(
  context: Translation,
  scope: Scope,
  from: string,
  sources: readonly ScopeSource[],
  where: Condition[],
): string {
  const met = where.filter((condition) => isOf(condition, sources));
  where.splice(0, where.length, ...where.filter((condition) => !met.includes(condition)));
  const filter = whereSql(context, scope, met);
  const alias = context.name('g');
  const items: string[] = [];
  const item = (sql: string) => {
    items.push(`${sql} AS k${items.length}`);
    return `${alias}.k${items.length - 1}`;
  };
  for (const source of sources) {
    source.columns = source.columns.map((column) => ({ ...column, sql: item(column.sql) }));
    if (source.rowId !== undefined) source.rowId = item(source.rowId);
  }
  // An OFFSET keeps SQLite from making one query of both.
  return `(SELECT ${items.join(',')} FROM ${from}${filter} LIMIT -1 OFFSET 0) AS ${alias}`;
}

/** The conditions that must all be met. */
export function conjuncts(node: Condition | undefined): Condition[] {
  if (node === undefined) return [];
  return node.kind === 'and' ? [...conjuncts(node.left), ...conjuncts(node.right)] : [node];
}

/** Does every column in it say that it is of one of these? Of a subquery nobody knows. */
function isOf(node: unknown, sources: readonly ScopeSource[]): boolean {
  if (typeof node !== 'object' || node === null) return true;
  if (Array.isArray(node)) return node.every((part) => isOf(part, sources));
  if ('body' in node) return false;
  if ('kind' in node && node.kind === 'column' && 'name' in node) {
    const prefix = (node.name as string[]).slice(0, -1);
    return prefix.length > 0 && sources.some((source) => prefixMatches(source, prefix));
  }
  return Object.values(node).every((part) => isOf(part, sources));
}
