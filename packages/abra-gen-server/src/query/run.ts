/**
 * Runs a query the plain way: for each row of a dataset those below it are asked again, with the
 * row's own values. The answer comes as JSON in pieces, indented as the documentation prints it.
 */

import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { shown } from '../dates.ts';
import type { Field } from '../definitions/shape.ts';
import type { Level } from './query.ts';
import { type LevelSql, sqlOf } from './sql.ts';

interface Prepared {
  level: Level;
  sql: LevelSql;
  statement: StatementSync;
  children: Prepared[];
}

type Value = string | number | null;

/**
 * @throws Refusal 400 at once, before anything is read
 * @returns JSON in pieces; leaving early ends the statements
 */
export function runQuery(database: DatabaseSync, root: Level): Generator<string> {
  return dataset(prepare(database, root), {}, '');
}

/** The rows of the query's root, as objects by field name. */
export function* rowsOf(database: DatabaseSync, root: Level): Generator<Record<string, unknown>> {
  const prepared = prepare(database, { ...root, children: [] });
  for (const row of read(prepared, {})) {
    yield Object.fromEntries(
      root.select.map((field, index) => [field.fieldname, shownValue(field, row[index] ?? null)]),
    );
  }
}

function prepare(database: DatabaseSync, level: Level): Prepared {
  const sql = sqlOf(level);
  const statement = database.prepare(sql.text);
  statement.setReturnArrays(true);
  return {
    level,
    sql,
    statement,
    children: level.children.map((child) => prepare(database, child)),
  };
}

function read({ sql, statement }: Prepared, master: Record<string, Value>): Iterable<Value[]> {
  return statement.iterate(master, ...sql.parameters) as Iterable<unknown> as Iterable<Value[]>;
}

function* dataset(
  prepared: Prepared,
  master: Record<string, Value>,
  indent: string,
): Generator<string> {
  const name = JSON.stringify(prepared.level.dataset.name);
  yield `{\n${indent}\t"name": ${name},\n${indent}\t"items": [`;
  let separator = '';
  for (const row of read(prepared, master)) {
    yield `${separator}\n${indent}\t\t`;
    yield* item(prepared, row, `${indent}\t\t`);
    separator = ',';
  }
  yield `${separator === '' ? '' : `\n${indent}\t`}]\n${indent}}`;
}

function* item(
  { level, sql, children }: Prepared,
  row: Value[],
  indent: string,
): Generator<string> {
  const members = level.select.map((field, index) => {
    const value = JSON.stringify(shownValue(field, row[index] ?? null));
    return `\n${indent}\t${JSON.stringify(field.fieldname.toUpperCase())}: ${value}`;
  });
  yield `{${members.join(',')}`;
  if (children.length > 0) {
    yield `${members.length > 0 ? ',' : ''}\n${indent}\t"datasets": [`;
    let separator = '';
    for (const child of children) {
      const master = Object.fromEntries(
        child.sql.masterFields.map((name) => [name, columnOf(sql, row, name)]),
      );
      yield `${separator}\n${indent}\t\t`;
      yield* dataset(child, master, `${indent}\t\t`);
      separator = ',';
    }
    yield `\n${indent}\t]`;
  }
  yield members.length + children.length > 0 ? `\n${indent}}` : '}';
}

const columnOf = ({ columns }: LevelSql, row: Value[], name: string): Value =>
  row[columns.findIndex(({ fieldname }) => fieldname === name)] ?? null;

/** As a client sees it: `A` and `N` are booleans, stored dates ISO 8601. */
function shownValue({ datatype }: Field, value: Value): Value | boolean {
  if (datatype === 'dtBoolean' && value !== null) return value === 'A';
  if (datatype === 'dtDateTime' && typeof value === 'number') return shown(value);
  return value;
}
