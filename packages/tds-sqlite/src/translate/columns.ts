/** Which column a name means. */

import { errors } from '../errors.ts';
import type { Name } from '../syntax/ast.ts';
import { isExact } from '../values/collation.ts';
import { types } from '../values/types.ts';
import type { Scope, ScopeColumn, ScopeSource, Typed } from './context.ts';

const same = (a: string, b: string) =>
  a === b || (a.length === b.length && a.toLowerCase() === b.toLowerCase());

/** Does this prefix (`m`, `heap.meter`, `AB.heap.meter`) mean the source? */
export function prefixMatches(source: ScopeSource, prefix: Name): boolean {
  const [table = '', schema, database] = [...prefix].reverse();
  if (!same(source.alias, table)) return false;
  if (schema === undefined) return true;
  if (source.schema === undefined) return false;
  if (schema !== '' && !same(source.schema, schema)) return false;
  return database === undefined || database === '' || same(source.database ?? '', database);
}

/** Sources that a prefix means, from the innermost query that knows it. @throws 107, 4104 */
export function sourceOf(scope: Scope, prefix: Name): ScopeSource {
  for (let current: Scope | undefined = scope; current; current = current.parent) {
    const found = current.sources.find((source) => prefixMatches(source, prefix));
    if (found) return found;
  }
  throw errors.prefixMismatch(prefix.join('.'));
}

/** A column as an expression. */
export const typed = (source: ScopeSource, column: ScopeColumn): Typed => ({
  sql: column.sql,
  type: column.type,
  nullable: column.nullable,
  ...(column.collation !== undefined && {
    collation: column.collation,
    exact: isExact(column.collation),
  }),
  ...(column.inKey && { inKey: true }),
  column: { source, name: column.name },
});

/** @throws 207, 209, 4104 */
export function findColumn(scope: Scope, name: Name): { value: Typed; owner: Scope } {
  const column = name.at(-1) ?? '';
  const prefix = name.slice(0, -1);
  for (let current: Scope | undefined = scope; current; current = current.parent) {
    const sources = prefix.length
      ? current.sources.filter((source) => prefixMatches(source, prefix))
      : current.sources;
    const [only] = sources;
    if (column === '$rowid' && only?.rowId !== undefined) {
      // Not a name that anybody can write: the translator's own, for DELETE of a common table.
      const value = { sql: only.rowId, type: types.bigint, nullable: false };
      return { value, owner: current };
    }
    const found: Typed[] = [];
    for (const source of sources)
      for (const candidate of source.columns)
        if (same(candidate.name, column)) found.push(typed(source, candidate));
    if (found.length > 1) throw errors.ambiguousColumn(column);
    if (found[0]) return { value: found[0], owner: current };
    if (prefix.length && sources.length > 0) throw errors.invalidColumn(column);
  }
  throw prefix.length ? errors.unboundIdentifier(name.join('.')) : errors.invalidColumn(column);
}
