/** The translator's view of a session, and the value of an expression by itself. */

import { errors } from '../errors.ts';
import type { SqlValue } from '../procedure.ts';
import type { Connection } from '../storage/connection.ts';
import type { Condition, Expression } from '../syntax/ast.ts';
import { conditionSql } from '../translate/condition.ts';
import { type Environment, emptyScope, type Translation } from '../translate/context.ts';
import { newTranslation } from '../translate/rules.ts';
import { convert } from '../values/convert.ts';
import { fromStored } from '../values/stored.ts';
import { type SqlType, sqlType } from '../values/types.ts';
import { describedResult } from './describe.ts';
import { listedProperties } from './extended-properties.ts';
import { globalVariable, sessionFunction } from './globals.ts';
import { relationOf } from './names.ts';
import { sqliteError } from './sqlite-errors.ts';
import type { Frame, SessionState } from './state.ts';

export function environment(session: SessionState, frame: Frame): Environment {
  return {
    compatibilityLevel: () => session.database.compatibilityLevel,
    relation: (name) => relationOf(session, frame, name),
    catalogFunction: (name, args) => {
      if (name === 'FN_LISTEXTENDEDPROPERTY') return listedProperties(session, args);
      return name === 'DM_EXEC_DESCRIBE_FIRST_RESULT_SET'
        ? describedResult(args, (inner) => translation(session, inner))
        : undefined;
    },
    tableVariable: (name) => {
      const table = frame.tableVariables.get(name.toLowerCase());
      if (!table) throw errors.mustDeclareTable(name);
      return table;
    },
    variable: (name) => {
      const variable = frame.variables.get(name.toLowerCase());
      if (!variable) throw errors.undeclaredVariable(name);
      return variable;
    },
    global: (name) => globalVariable(session, frame, name),
    sessionFunction: (name) => sessionFunction(session, frame, name),
  };
}

export const translation = (session: SessionState, frame: Frame, inline = false): Translation =>
  newTranslation(environment(session, frame), inline);

/** Runs what SQLite may refuse; its complaints become SQL Server's errors. */
export function guardSqlite<T>(connection: Connection, statement: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw sqliteError(error, connection, statement);
  }
}

export function evaluate(
  session: SessionState,
  frame: Frame,
  node: Expression,
): { value: SqlValue; type: SqlType } {
  const simple = simpleValue(frame, node);
  if (simple) return simple;
  const context = translation(session, frame);
  const { sql, type } = context.expression(emptyScope(), node);
  const connection = session.connection();
  const row = guardSqlite(connection, 'SELECT', () =>
    connection.first(`SELECT ${sql}`, context.parameters),
  );
  return { value: fromStored(row?.[0] ?? null, type), type };
}

/** What needs no SQL: most assignments. */
function simpleValue(
  frame: Frame,
  node: Expression,
): { value: SqlValue; type: SqlType } | undefined {
  if (node.kind === 'variable') return frame.variables.get(node.name.toLowerCase());
  if (node.kind !== 'literal' || (node.type !== 'string' && node.type !== 'nstring'))
    return undefined;
  return {
    value: node.text,
    type: sqlType(node.type === 'string' ? 'varchar' : 'nvarchar', node.text.length),
  };
}

/** As an assignment converts: implicit, text cut to its length. */
export function evaluateAs(
  session: SessionState,
  frame: Frame,
  node: Expression,
  type: SqlType,
): SqlValue {
  const result = evaluate(session, frame, node);
  return convert(result.value, result.type, type);
}

export function holds(session: SessionState, frame: Frame, node: Condition): boolean {
  const context = translation(session, frame);
  const sql = conditionSql(context, emptyScope(), node);
  const connection = session.connection();
  const row = guardSqlite(connection, 'SELECT', () =>
    connection.first(`SELECT ${sql}`, context.parameters),
  );
  return Number(row?.[0] ?? 0) !== 0;
}
