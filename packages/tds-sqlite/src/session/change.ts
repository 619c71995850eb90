/** UPDATE and DELETE. */

import { errors } from '../errors.ts';
import type { Connection } from '../storage/connection.ts';
import { quoteName, type StoredColumn, type StoredTable } from '../storage/model.ts';
import type {
  CommonTable,
  DeleteStatement,
  Name,
  Query,
  TableSource,
  UpdateStatement,
} from '../syntax/ast.ts';
import { whereSql } from '../translate/condition.ts';
import {
  emptyScope,
  type Scope,
  type ScopeSource,
  type Translation,
} from '../translate/context.ts';
import { fromSql } from '../translate/from.ts';
import { conjuncts } from '../translate/gather.ts';
import { commonTables } from '../translate/select.ts';
import { convert } from '../values/convert.ts';
import { fromStored, type Stored } from '../values/stored.ts';
import { defaultSql } from './create-table.ts';
import { guardSqlite, translation } from './evaluate.ts';
import { foreignKeyGuard } from './foreign-keys.ts';
import { writeTo } from './insert.ts';
import { columnOf, columnValue } from './modify.ts';
import { mustBeHere } from './names.ts';
import { type Output, prepareOutput, targetTable } from './output.ts';
import { rowLimitSql } from './row-limit.ts';
import type { Frame, Request, SessionState } from './state.ts';

interface Target {
  table: StoredTable;
  /** SQL of the row's id among the sources. */
  rowId: string;
  /** `FROM … WHERE … LIMIT`, to find the rows. */
  tail: string;
  common: string;
  scope: Scope;
}

/** The table that is changed and the rows that are meant. */
function findTarget(
  session: SessionState,
  frame: Frame,
  context: Translation,
  statement: UpdateStatement | DeleteStatement,
): Target {
  const scope = emptyScope();
  const withRowIds = statement.with.map((table) =>
    table.name.toLowerCase() === statement.target[0]?.toLowerCase() ? exposeRowId(table) : table,
  );
  const common = withRowIds.length
    ? `WITH RECURSIVE ${commonTables(context, scope, withRowIds)} `
    : '';
  const isCommon =
    scope.common.has((statement.target[0] ?? '').toLowerCase()) && statement.target.length === 1;
  const named = statement.from.length ? undefined : sourceFor(statement.target);
  const conditions = conjuncts(statement.where);
  let from = fromSql(context, scope, named ? [named] : statement.from, conditions);
  let source = findSource(scope, statement.target);
  if (!source) {
    // UPDATE t … FROM u: the target is one more table of the join.
    from += `, ${fromSql(context, scope, [sourceFor(statement.target)])}`;
    source = scope.sources.at(-1);
  }
  if (!source) throw errors.invalidObject(statement.target.join('.'));
  const table = isCommon
    ? baseTable(session, frame, statement.with, statement.target)
    : source.table;
  if (!table) throw errors.insertIntoView(source.alias);
  if (table.database) mustBeHere(session, [table.database, table.schema, table.name]);
  const where = whereSql(context, scope, conditions);
  const top = rowLimitSql(session, context, scope, statement.top);
  const rowId =
    source.rowId ?? source.columns.find((column) => column.name === rowIdName)?.sql ?? 'NULL';
  return { table, rowId, tail: ` FROM ${from}${where}${top}`, common, scope };
}

const rowIdName = '$rowid';

const sourceFor = (name: Name): TableSource =>
  name[0]?.startsWith('@')
    ? { kind: 'tableVariable', name: name[0], line: 0 }
    : { kind: 'table', name, hints: [], line: 0 };

function findSource(scope: Scope, target: Name): ScopeSource | undefined {
  const name = (target.at(-1) ?? '').toLowerCase();
  const byAlias =
    target.length === 1
      ? scope.sources.find((source) => source.alias.toLowerCase() === name)
      : undefined;
  return (
    byAlias ??
    scope.sources.find(
      (source) =>
        source.table?.name.toLowerCase() === name &&
        (target.length === 1 ||
          source.table.schema.toLowerCase() === (target.at(-2) || 'dbo').toLowerCase()),
    )
  );
}

/** `WITH c AS (SELECT … FROM t) DELETE c`: the rows of t are meant. */
function exposeRowId(table: CommonTable): CommonTable {
  const { body } = table.query;
  const [source] = body.kind === 'select' ? body.from : [];
  if (body.kind !== 'select' || body.from.length !== 1 || source?.kind !== 'table') return table;
  const alias = source.alias ?? source.name.at(-1) ?? '';
  const item = {
    kind: 'value' as const,
    expression: { kind: 'column' as const, name: [alias, rowIdName], line: 0 },
    alias: rowIdName,
    line: 0,
  };
  const query: Query = { ...table.query, body: { ...body, items: [...body.items, item] } };
  return { ...table, query, ...(table.columns && { columns: [...table.columns, rowIdName] }) };
}

function baseTable(
  session: SessionState,
  frame: Frame,
  tables: CommonTable[],
  target: Name,
): StoredTable {
  const table = tables.find(
    (candidate) => candidate.name.toLowerCase() === target[0]?.toLowerCase(),
  );
  const body = table?.query.body;
  const [source] = body?.kind === 'select' ? body.from : [];
  if (source?.kind !== 'table') throw errors.insertIntoView(target.join('.'));
  return targetTable(session, frame, source.name);
}

interface Assigned {
  column: StoredColumn;
  sql: string;
}

export async function runUpdate(
  request: Request,
  frame: Frame,
  statement: UpdateStatement,
): Promise<number> {
  const { session, signal } = request;
  const context = translation(session, frame);
  const target = findTarget(session, frame, context, statement);
  const { table, scope } = target;
  const assigned = statement.assignments.flatMap(({ column: name, value }): Assigned[] => {
    if (!name) return [];
    const column = columnOf(table, name.at(-1) ?? '');
    if (column.identity) throw errors.identityColumnUpdate(column.name);
    if (column.computed) throw errors.computedColumn(column.name);
    const sql =
      value.kind === 'default'
        ? defaultSql(session, column)
        : columnValue(table, column, context.expression(scope, value));
    return [{ column, sql }];
  });
  assigned.forEach(({ column }, index) => {
    if (assigned.findIndex((other) => other.column === column) !== index)
      throw errors.columnTwice(column.name);
  });
  const outputs = prepareOutput(session, frame, statement.output, table);
  if (outputs.length || statement.assignments.some((assignment) => assignment.variable)) {
    return updateRowByRow(request, frame, statement, context, target, assigned, outputs);
  }
  const values = assigned.map(({ sql }, index) => `${sql} AS v${index}`).join(',');
  const set = assigned
    .map(({ column }, index) => `${quoteName(column.name)} = x.v${index}`)
    .join(',');
  const sql = `UPDATE ${table.sql} AS "sys$target" SET ${set} FROM (${target.common}SELECT ${target.rowId} AS r,${values}${target.tail}) AS x WHERE "sys$target".rowid = x.r`;
  return writeTo(request, table, signal, (connection) =>
    guardSqlite(connection, 'UPDATE', () =>
      foreignKeyGuard(connection, table, 'UPDATE', sql, context.parameters, () =>
        connection.run(sql, context.parameters),
      ),
    ),
  );
}

/** With OUTPUT, or `@variable = column = value`: what was and what will be is needed of each row. */
async function updateRowByRow(
  request: Request,
  frame: Frame,
  statement: UpdateStatement,
  context: Translation,
  target: Target,
  assigned: Assigned[],
  outputs: Output[],
): Promise<number> {
  const { table, scope } = target;
  const own = scope.sources.find((source) => source.rowId === target.rowId);
  const before = own ? own.columns.map((column) => column.sql) : table.columns.map(() => 'NULL');
  const variables = statement.assignments.flatMap(({ variable, value }) => {
    if (!variable) return [];
    const found = frame.variables.get(variable.toLowerCase());
    if (!found) throw errors.undeclaredVariable(variable);
    const typed = context.expression(scope, value);
    return [{ found, type: typed.type, sql: typed.sql }];
  });
  const list = [
    target.rowId,
    ...assigned.map(({ sql }) => sql),
    ...variables.map(({ sql }) => sql),
    ...before,
  ];
  const select = `${target.common}SELECT ${list.join(',')}${target.tail}`;
  const set = assigned.map(({ column }) => `${quoteName(column.name)} = ?`).join(',');
  const update = `UPDATE ${table.sql} SET ${set} WHERE rowid = ?`;
  const image = `SELECT ${table.columns.map((column) => quoteName(column.name)).join(',')} FROM ${table.sql} WHERE rowid = ?`;
  const count = await writeTo(request, table, request.signal, (connection) => {
    const rows = guardSqlite(connection, 'UPDATE', () => [
      ...connection.rows(select, context.parameters),
    ]);
    const seen = new Set<Stored>();
    for (const row of rows) {
      const rowId = row[0] ?? null;
      if (seen.has(rowId)) continue;
      seen.add(rowId);
      const values = [...row.slice(1, 1 + assigned.length), rowId];
      if (assigned.length) {
        guardSqlite(connection, 'UPDATE', () =>
          foreignKeyGuard(connection, table, 'UPDATE', update, values, () =>
            connection.run(update, values),
          ),
        );
      }
      variables.forEach(({ found, type }, index) => {
        found.value = convert(
          fromStored(row[1 + assigned.length + index] ?? null, type),
          type,
          found.type,
        );
      });
      const inserted = connection.first(image, [rowId]) ?? [];
      const deleted = row.slice(1 + assigned.length + variables.length);
      for (const output of outputs) output.take(connection, { inserted, deleted });
    }
    return seen.size;
  });
  for (const output of outputs) await output.send(request);
  return count;
}

export async function runDelete(
  request: Request,
  frame: Frame,
  statement: DeleteStatement,
): Promise<number> {
  const { session, signal } = request;
  const context = translation(session, frame);
  const target = findTarget(session, frame, context, statement);
  const { table } = target;
  const outputs = prepareOutput(session, frame, statement.output, table, 'deleted');
  const returning = outputs.length
    ? ` RETURNING ${table.columns.map((column) => quoteName(column.name)).join(',')}`
    : '';
  const sql = `DELETE FROM ${table.sql} WHERE rowid IN (${target.common}SELECT ${target.rowId}${target.tail})${returning}`;
  const count = await writeTo(request, table, signal, (connection: Connection) =>
    guardSqlite(connection, 'DELETE', () =>
      foreignKeyGuard(connection, table, 'DELETE', sql, context.parameters, () => {
        if (!returning) return connection.run(sql, context.parameters);
        const rows = [...connection.rows(sql, context.parameters)];
        for (const deleted of rows)
          for (const output of outputs) output.take(connection, { deleted });
        return rows.length;
      }),
    ),
  );
  for (const output of outputs) await output.send(request);
  return count;
}
