/** Search conditions to SQLite's SQL; both know true, false and unknown. */

import { errors } from '../errors.ts';
import type { Condition, Expression } from '../syntax/ast.ts';
import { family, types } from '../values/types.ts';
import { compareSql, unpadded } from './compare.ts';
import type { Scope, Translation, Typed } from './context.ts';
import { convertSql, isCheap } from './convert-sql.ts';

/** ` WHERE …` of conditions that must all be met; of none nothing. */
export function whereSql(context: Translation, scope: Scope, nodes: readonly Condition[]): string {
  const all = nodes.map((node) => conditionSql(context, scope, node)).join(' AND ');
  return all && ` WHERE ${all}`;
}

export function conditionSql(context: Translation, scope: Scope, node: Condition): string {
  switch (node.kind) {
    case 'and':
    case 'or':
      return `(${conditionSql(context, scope, node.left)} ${node.kind.toUpperCase()} ${conditionSql(context, scope, node.right)})`;
    case 'not':
      return `(NOT ${conditionSql(context, scope, node.operand)})`;
    case 'compare':
      return `(${compareSql(node.operator, context.expression(scope, node.left), context.expression(scope, node.right))})`;
    case 'isNull':
      return `(${context.expression(scope, node.operand).sql} IS ${node.not ? 'NOT ' : ''}NULL)`;
    case 'between': {
      const operand = context.expression(scope, node.operand);
      const low = compareSql('>=', operand, context.expression(scope, node.low));
      const high = compareSql('<=', operand, context.expression(scope, node.high));
      return `(${node.not ? 'NOT ' : ''}(${low} AND ${high}))`;
    }
    case 'in':
      return Array.isArray(node.list)
        ? inList(context, scope, node.operand, node.list, node.not)
        : inQuery(context, scope, node);
    case 'like': {
      const operand = text(context, scope, node.operand);
      const pattern = text(context, scope, node.pattern);
      const mark = node.escape ? `,${text(context, scope, node.escape)}` : '';
      const exact = [node.operand, node.pattern].some(
        (side) => side.kind === 'collate' && context.expression(scope, side).exact,
      );
      // A beginning in plain letters is what SQLite's own LIKE finds, too, at a fraction of the cost.
      if (!exact && mark === '' && /^'[A-Za-z0-9:./ -]+%'$/.test(pattern))
        return `(${operand} ${node.not ? 'NOT ' : ''}LIKE ${pattern})`;
      const like = `${exact ? 'ts_like_exact' : 'ts_like'}(${operand},${pattern}${mark})`;
      const glob = mark === '' && isCheap(operand) ? globOf(pattern) : undefined;
      // Of a text beyond ASCII a letter may be two of UTF-16.
      return glob === undefined
        ? `(${node.not ? 'NOT ' : ''}${like})`
        : `(${node.not ? 'NOT ' : ''}CASE WHEN octet_length(${operand}) > length(${operand}) THEN ${like} ELSE ${operand} GLOB ${glob} END)`;
    }
    case 'exists':
      // The sign keeps SQLite 3.51 from making a join of it, which an OFFSET then counts twice.
      return `+EXISTS (${context.query(node.query, scope).sql})`;
    case 'quantified':
      return quantified(context, scope, node);
  }
}

/**
 * SQLite's own pattern for one without letters, which case does not matter to; it ends in %, so that
 * blanks at a text's end do not either.
 */
function globOf(pattern: string): string | undefined {
  if (!/^'(?:[%_0-9.:/+-]|\[\^?[0-9.:/+-]+\])*%'$/.test(pattern)) return undefined;
  return pattern.replaceAll('%', '*').replaceAll('_', '?');
}

function text(context: Translation, scope: Scope, node: Expression): string {
  const value = context.expression(scope, node);
  if (family(value.type) === 'text' || value.isNull) return value.sql;
  return convertSql(value, types.nvarcharMax, { explicit: true }).sql;
}

function inList(
  context: Translation,
  scope: Scope,
  node: Expression,
  list: Expression[],
  not: boolean,
): string {
  const operand = context.expression(scope, node);
  const values = list.map((item) => context.expression(scope, item));
  const plain = (value: Typed) =>
    !value.isNull &&
    !operand.exact &&
    !value.exact &&
    family(value.type) === family(operand.type) &&
    family(value.type) !== 'date' &&
    (family(value.type) === 'text' ? value.ascii === true : family(value.type) === 'integer');
  if (values.every(plain)) {
    // One IN serves an index. Its right side takes the collation of the left.
    const sql = unpadded(operand);
    const isAsItIs = operand.column !== undefined && sql === operand.sql;
    const collate = family(operand.type) === 'text' && !isAsItIs ? ' COLLATE NOCASE' : '';
    return `(${sql}${collate} ${not ? 'NOT ' : ''}IN (${values.map((value) => value.sql).join(',')}))`;
  }
  const any = values.map((value) => compareSql('=', operand, value)).join(' OR ');
  return `(${not ? 'NOT ' : ''}(${any}))`;
}

function inQuery(
  context: Translation,
  scope: Scope,
  node: Extract<Condition, { kind: 'in' }>,
): string {
  if (Array.isArray(node.list)) throw errors.syntaxNear('IN');
  const operand = context.expression(scope, node.operand);
  const query = context.query(node.list, scope);
  const [only, second] = query.columns;
  if (!only || second) throw errors.subqueryManyColumns();
  const alias = context.name('q');
  const value: Typed = { sql: `${alias}.c`, type: only.type, nullable: only.nullable };
  const simple =
    only.type === operand.type ||
    (family(only.type) === 'integer' && family(operand.type) === 'integer');
  if (simple && family(operand.type) !== 'text')
    return `(${operand.sql} ${node.not ? 'NOT ' : ''}IN (${query.sql}))`;
  if (family(only.type) === 'text' && family(operand.type) === 'text' && !operand.exact) {
    return `(ts_fold(${operand.sql}) ${node.not ? 'NOT ' : ''}IN (WITH ${alias}(c) AS (${query.sql}) SELECT ts_fold(c) FROM ${alias}))`;
  }
  const compared = compareSql('=', operand, value);
  const anyTrue = `EXISTS (WITH ${alias}(c) AS (${query.sql}) SELECT 1 FROM ${alias} WHERE ${compared})`;
  if (!node.not) return anyTrue;
  return `NOT EXISTS (WITH ${alias}(c) AS (${query.sql}) SELECT 1 FROM ${alias} WHERE (${compared}) IS NOT 0)`;
}

function quantified(
  context: Translation,
  scope: Scope,
  node: Extract<Condition, { kind: 'quantified' }>,
): string {
  const operand = context.expression(scope, node.left);
  const query = context.query(node.query, scope);
  const [only, second] = query.columns;
  if (!only || second) throw errors.subqueryManyColumns();
  const alias = context.name('q');
  const compared = compareSql(node.operator, operand, {
    sql: `${alias}.c`,
    type: only.type,
    nullable: true,
  });
  const from = `(WITH ${alias}(c) AS (${query.sql}) SELECT 1 FROM ${alias} WHERE`;
  return node.all ? `NOT EXISTS ${from} (${compared}) IS NOT 1)` : `EXISTS ${from} ${compared})`;
}
