/** OPENJSON in FROM: rows by SQLite's json_each, members by its `->`, which keeps a number's digits. */

import { errors } from '../errors.ts';
import { type JsonPath, openJsonRows, parsePath } from '../functions/json.ts';
import { quoteText } from '../storage/model.ts';
import type { JsonColumn, TableSource } from '../syntax/ast.ts';
import { family, type SqlType, types } from '../values/types.ts';
import { constantValue } from './calls.ts';
import type { Scope, Translation } from './context.ts';
import { convertSql } from './convert-sql.ts';

export interface FunctionColumn {
  name: string;
  type: SqlType;
  sql: string;
}

/** Columns, and what json_each is given. @throws 189, 13607; for a document known already 13609 */
export function openJsonSql(
  context: Translation,
  scope: Scope,
  source: Extract<TableSource, { kind: 'function' }>,
  sqlAlias: string,
): { columns: FunctionColumn[]; rows: string } {
  const [json, path = "'$'"] = source.args.map(
    (node) =>
      convertSql(context.expression(scope, node), types.nvarcharMax, { explicit: true }).sql,
  );
  if (!json || source.args.length > 2) throw errors.argumentRange('OPENJSON', 1, 2);
  const some = (sql: string) => `CASE WHEN ${json} IS NULL THEN '[]' ELSE ${sql} END`;
  if (!source.json) {
    const extract = (index: number) => `json_extract(${sqlAlias}.value,'$[${index}]')`;
    return {
      columns: [
        { name: 'key', type: types.nvarchar4000, sql: extract(0) },
        { name: 'value', type: types.nvarcharMax, sql: extract(1) },
        { name: 'type', type: types.tinyint, sql: extract(2) },
      ],
      rows: some(`ts_openjson(${json},${path})`),
    };
  }
  const paths = source.json.map((column) =>
    parsePath(column.path ?? `$.${JSON.stringify(column.name)}`),
  );
  // A row that is a column itself: inside an array of its own it has JSON text like a member.
  const wrapped = paths.some(({ steps }) => steps.length === 0);
  const columns = source.json.map((column, index) => ({
    name: column.name,
    type: column.type,
    sql: memberSql(sqlAlias, column, paths[index] ?? parsePath('$'), wrapped),
  }));
  const [document, start = '$'] = source.args.map((node) => constantValue(context, node));
  // Megabytes in a variable need not pass through SQLite to be looked at.
  const known = typeof document === 'string' && typeof start === 'string';
  const rows = known
    ? context.bind(openJsonRows(document, start, wrapped))
    : some(`ts_openjson_rows(${json},${path},${wrapped ? 1 : 0})`);
  return { columns, rows };
}

function memberSql(sqlAlias: string, column: JsonColumn, path: JsonPath, wrapped: boolean): string {
  const steps = path.steps.map((step) =>
    typeof step === 'number' ? `[${step}]` : `.${JSON.stringify(step)}`,
  );
  const place = quoteText(`$${wrapped ? '[0]' : ''}${steps.join('')}`);
  const { number, message } = errors.jsonStrict();
  const missing = path.strict ? `ts_raise(${number},${quoteText(message)})` : 'NULL';
  // Of a text json_each gives the letters, which `->` must not take for JSON.
  const within = (member: string) =>
    `CASE WHEN ${sqlAlias}.type IN ('object','array') THEN ${member} ELSE ${missing} END`;
  const kind = `json_type(${sqlAlias}.value,${place})`;
  const member = `${sqlAlias}.value -> ${place}`;
  if (column.asJson) {
    return within(
      `CASE WHEN ${kind} IS NULL THEN ${missing} WHEN ${kind} IN ('object','array') THEN ${member} END`,
    );
  }
  const sql = `ts_json_scalar(${within(path.strict ? `ifnull(${member},${missing})` : member)})`;
  if (family(column.type) === 'binary') return `unhex(${sql})`;
  const value = { sql, type: types.nvarcharMax, nullable: true };
  return convertSql(value, column.type, { explicit: true }).sql;
}
