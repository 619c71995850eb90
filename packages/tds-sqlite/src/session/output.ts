/** The OUTPUT clause: for each changed row an answer to the client, or a row in another table. */

import { errors } from '../errors.ts';
import type { SqlValue } from '../procedure.ts';
import type { Connection } from '../storage/connection.ts';
import type { StoredTable } from '../storage/model.ts';
import { quoteName } from '../storage/model.ts';
import type { OutputClause } from '../syntax/ast.ts';
import { emptyScope, type ResultColumn, type ScopeSource } from '../translate/context.ts';
import { translateSelect } from '../translate/select.ts';
import { fromStored, type Stored } from '../values/stored.ts';
import { sqlType } from '../values/types.ts';
import { environment, translation } from './evaluate.ts';
import { columnOf, columnValue } from './modify.ts';
import { mustBeHere, relationOf } from './names.ts';
import type { Frame, Request, SessionState } from './state.ts';

/** What happened to one row, as stored values in the order of the table's columns. */
export interface ChangedRow {
  inserted?: readonly Stored[];
  deleted?: readonly Stored[];
  /** MERGE: `$action`. */
  action?: string;
}

export interface Output {
  /** Takes one row; inside the statement's transaction. */
  take(connection: Connection, row: ChangedRow): void;
  /** Sends what goes to the client; after the statement succeeded. */
  send(request: Request): Promise<void>;
}

/** @throws 4104 for columns that are neither inserted nor deleted */
export function prepareOutput(
  session: SessionState,
  frame: Frame,
  clauses: OutputClause[],
  table: StoredTable,
  only?: 'inserted' | 'deleted',
): Output[] {
  return clauses.map((clause) => prepare(session, frame, clause, table, only));
}

function prepare(
  session: SessionState,
  frame: Frame,
  clause: OutputClause,
  table: StoredTable,
  only: 'inserted' | 'deleted' | undefined,
): Output {
  const context = translation(session, frame);
  const scope = emptyScope();
  const places: Record<'inserted' | 'deleted', number[]> = { inserted: [], deleted: [] };
  for (const alias of ['inserted', 'deleted'] as const) {
    if (only && only !== alias) continue;
    const source: ScopeSource = { alias, columns: [] };
    for (const { name, type } of table.columns) {
      const { sql, place } = context.slot();
      source.columns.push({ name, type, nullable: true, sql });
      places[alias].push(place);
    }
    scope.sources.push(source);
  }
  const action = context.slot();
  scope.sources.push({
    alias: '$',
    columns: [{ name: '$action', type: sqlType('nvarchar', 10), nullable: true, sql: action.sql }],
  });
  const { sql, columns } = translateSelect(context, scope, {
    kind: 'select',
    distinct: false,
    items: clause.items,
    from: [],
    group: [],
    line: 1,
  });
  // SQLite counts parameters by the highest that the text names.
  const whole = `${sql} WHERE ${action.sql} IS NULL OR 1`;
  const into = clause.into && intoTarget(session, frame, clause.into, columns);
  const sent: SqlValue[][] = [];
  return {
    take(connection, row) {
      const parameters = [...context.parameters];
      for (const alias of ['inserted', 'deleted'] as const) {
        places[alias].forEach((place, index) => {
          parameters[place] = row[alias]?.[index] ?? null;
        });
      }
      parameters[action.place] = row.action ?? null;
      if (into)
        connection.run(
          `INSERT INTO ${into.table.sql} (${into.names}) SELECT ${into.values} FROM (WITH o(${into.list}) AS (${whole}) SELECT * FROM o)`,
          parameters,
        );
      else {
        const values = connection.first(whole, parameters) ?? [];
        sent.push(columns.map((column, index) => fromStored(values[index] ?? null, column.type)));
      }
    },
    async send({ sink }) {
      if (into) return;
      sink.columns(
        columns.map(({ name, type, nullable }) => ({ name, type: type.text, nullable })),
      );
      for (const [index, row] of sent.entries()) {
        sink.row(row);
        if (index % 64 === 63) await sink.ready();
      }
    },
  };
}

function intoTarget(
  session: SessionState,
  frame: Frame,
  into: NonNullable<OutputClause['into']>,
  columns: ResultColumn[],
) {
  const table = targetTable(session, frame, into.table);
  const targets =
    into.columns?.map((name) => columnOf(table, name)) ??
    table.columns.filter((column) => !column.identity && !column.computed);
  if (targets.length !== columns.length) throw errors.insertMismatch();
  const values = targets.map((column, index) => {
    const { type, nullable } = columns[index] ?? { type: column.type, nullable: true };
    return columnValue(table, column, { sql: `c${index}`, type, nullable });
  });
  return {
    table,
    names: targets.map(({ name }) => quoteName(name)).join(','),
    values: values.join(','),
    list: columns.map((_, index) => `c${index}`).join(','),
  };
}

/** A table, temporary table or table variable that is written to. @throws 208, 1087, 4406 */
export function targetTable(session: SessionState, frame: Frame, name: string[]): StoredTable {
  const [only = ''] = name;
  if (only.startsWith('@')) return environment(session, frame).tableVariable(only);
  mustBeHere(session, name);
  const relation = relationOf(session, frame, name);
  if (relation.kind !== 'table') throw errors.insertIntoView(name.join('.'));
  return relation.table;
}
