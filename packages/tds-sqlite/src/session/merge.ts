/** MERGE: one query finds what is to be done with each row, then it is done. */

import { errors } from '../errors.ts';
import type { Connection } from '../storage/connection.ts';
import { quoteName, type StoredColumn, type StoredTable } from '../storage/model.ts';
import type { MergeClause, MergeStatement } from '../syntax/ast.ts';
import { conditionSql } from '../translate/condition.ts';
import { emptyScope, type Scope, type Translation } from '../translate/context.ts';
import { fromSql } from '../translate/from.ts';
import { commonTables } from '../translate/select.ts';
import type { Stored } from '../values/stored.ts';
import { defaultSql } from './create-table.ts';
import { guardSqlite, translation } from './evaluate.ts';
import { foreignKeyGuard } from './foreign-keys.ts';
import { rememberIdentity, writeTo } from './insert.ts';
import { columnOf, columnValue, identitiesOf, identityColumn, startIdentity } from './modify.ts';
import { prepareOutput, targetTable } from './output.ts';
import type { Frame, Request, SessionState } from './state.ts';

interface Action {
  clause: MergeClause;
  /** Columns that are set or filled, with the SQL of their values. */
  columns: StoredColumn[];
  values: string[];
}

/** @returns rows inserted, updated and deleted */
export async function runMerge(
  request: Request,
  frame: Frame,
  statement: MergeStatement,
): Promise<number> {
  const { session, signal } = request;
  const table = targetTable(session, frame, statement.target);
  const context = translation(session, frame);
  const scope = emptyScope();
  const common = statement.with.length
    ? `WITH RECURSIVE ${commonTables(context, scope, statement.with)} `
    : '';
  const name = statement.target;
  const alias = statement.alias !== undefined && { alias: statement.alias };
  const { line } = statement;
  const target = name[0]?.startsWith('@')
    ? fromSql(context, scope, [{ kind: 'tableVariable', name: name[0], ...alias, line }])
    : fromSql(context, scope, [{ kind: 'table', name, hints: [], ...alias, line }]);
  const own = scope.sources[0];
  const rowId = own?.rowId;
  if (!own || rowId === undefined) throw errors.invalidObject(name.join('.'));
  const source = fromSql(context, scope, [statement.source]);
  const on = conditionSql(context, scope, statement.on);
  const actions = statement.clauses.map((clause) =>
    actionOf(session, context, scope, table, clause),
  );
  const before = own.columns.map((column) => column.sql).join(',');
  const query = (from: string, wanted: (clause: MergeClause) => string | undefined) => {
    const chosen = choice(context, scope, actions, wanted);
    const values = actions.flatMap((action, index) =>
      action.values.map((sql) =>
        wanted(action.clause) === undefined
          ? 'NULL'
          : `CASE WHEN ${chosen} = ${index} THEN ${sql} END`,
      ),
    );
    return `${common}SELECT ${[rowId, chosen, ...values, before].join(',')} FROM ${from}`;
  };
  const matching = query(`${source} LEFT JOIN ${target} ON ${on}`, ({ when }) =>
    when === 'matched'
      ? `${rowId} IS NOT NULL`
      : when === 'notMatched'
        ? `${rowId} IS NULL`
        : undefined,
  );
  const left = query(
    `${target} WHERE NOT EXISTS (SELECT 1 FROM ${source} WHERE ${on})`,
    ({ when }) => (when === 'notMatchedBySource' ? '1' : undefined),
  );
  const needsLeft = statement.clauses.some(({ when }) => when === 'notMatchedBySource');
  const outputs = prepareOutput(session, frame, statement.output, table);
  const work = (connection: Connection): number => {
    const rows = [matching, ...(needsLeft ? [left] : [])].flatMap((sql) =>
      guardSqlite(connection, 'MERGE', () => [
        ...connection.rows(sql, fitting(sql, context.parameters)),
      ]),
    );
    const counter = identityColumn(table);
    if (counter) startIdentity(connection, identitiesOf(session, table), table, counter);
    let count = 0;
    const touched = new Set<Stored>();
    for (const [id = null, chosen = null, ...rest] of rows) {
      if (chosen === null) continue;
      if (id !== null) {
        if (touched.has(id)) throw errors.mergeTwice();
        touched.add(id);
      }
      const place = Number(chosen);
      const action = actions[place];
      if (!action) continue;
      const start = actions.slice(0, place).reduce((sum, other) => sum + other.values.length, 0);
      const values = rest.slice(start, start + action.values.length);
      const deleted = id === null ? undefined : rest.slice(-table.columns.length);
      const inserted = apply(connection, table, action, id, values);
      for (const output of outputs) {
        output.take(connection, {
          ...(inserted && { inserted }),
          ...(deleted && { deleted }),
          action: action.clause.action.kind.toUpperCase(),
        });
      }
      count++;
    }
    if (counter) rememberIdentity(session, frame, connection, table, true, counter);
    return count;
  };
  const count = await writeTo(request, table, signal, work);
  for (const output of outputs) await output.send(request);
  return count;
}

/** The number of the first clause that is for this row, or NULL. */
function choice(
  context: Translation,
  scope: Scope,
  actions: Action[],
  wanted: (clause: MergeClause) => string | undefined,
): string {
  const branches = actions.flatMap(({ clause }, index) => {
    const when = wanted(clause);
    if (when === undefined) return [];
    const also = clause.condition ? ` AND ${conditionSql(context, scope, clause.condition)}` : '';
    return [`WHEN ${when}${also} THEN ${index}`];
  });
  return branches.length ? `(CASE ${branches.join(' ')} END)` : 'NULL';
}

/** A statement takes as many parameters as its highest number says. */
function fitting(sql: string, parameters: readonly Stored[]): readonly Stored[] {
  const highest = Math.max(0, ...[...sql.matchAll(/\?(\d+)/g)].map((match) => Number(match[1])));
  return parameters.slice(0, highest);
}

function actionOf(
  session: SessionState,
  context: Translation,
  scope: Scope,
  table: StoredTable,
  clause: MergeClause,
): Action {
  const { action } = clause;
  if (action.kind === 'delete') return { clause, columns: [], values: [] };
  if (action.kind === 'update') {
    const columns = action.assignments.map(({ column }) => columnOf(table, column?.at(-1) ?? ''));
    const values = action.assignments.map(({ value }, index) => {
      const column = columns[index] as StoredColumn;
      return value.kind === 'default'
        ? defaultSql(session, column)
        : columnValue(table, column, context.expression(scope, value));
    });
    return { clause, columns, values };
  }
  const columns =
    action.columns?.map((name) => columnOf(table, name)) ??
    table.columns.filter((column) => !column.identity && !column.computed);
  if (!action.values) return { clause, columns: [], values: [] };
  if (action.values.length !== columns.length) throw errors.insertMismatch();
  const values = action.values.map((value, index) => {
    const column = columns[index] as StoredColumn;
    return value.kind === 'default'
      ? defaultSql(session, column)
      : columnValue(table, column, context.expression(scope, value));
  });
  return { clause, columns, values };
}

/** @returns the row as it is afterwards */
function apply(
  connection: Connection,
  table: StoredTable,
  { clause, columns }: Action,
  id: Stored,
  values: Stored[],
): Stored[] | undefined {
  const image = table.columns.map((column) => quoteName(column.name)).join(',');
  const names = columns.map((column) => quoteName(column.name));
  const run = (verb: string, sql: string, parameters: Stored[]) =>
    guardSqlite(connection, verb, () =>
      foreignKeyGuard(connection, table, verb, sql, parameters, () =>
        connection.first(sql, parameters),
      ),
    );
  if (clause.action.kind === 'delete') {
    run('DELETE', `DELETE FROM ${table.sql} WHERE rowid = ?`, [id]);
    return undefined;
  }
  if (clause.action.kind === 'update') {
    const set = names.map((name) => `${name} = ?`).join(',');
    return run('UPDATE', `UPDATE ${table.sql} SET ${set} WHERE rowid = ? RETURNING ${image}`, [
      ...values,
      id,
    ]);
  }
  const identity = identityColumn(table);
  const generated = identity && !columns.includes(identity) ? identity : undefined;
  const list = [...names, ...(generated ? [quoteName(generated.name)] : [])];
  const filled = [...names.map(() => '?'), ...(generated ? ['ts_identity()'] : [])];
  const source = list.length
    ? `(${list.join(',')}) VALUES (${filled.join(',')})`
    : 'DEFAULT VALUES';
  return run('INSERT', `INSERT INTO ${table.sql} ${source} RETURNING ${image}`, values);
}
