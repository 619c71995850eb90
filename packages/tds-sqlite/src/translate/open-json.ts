/** OPENJSON in FROM: rows by SQLite's jsonb_each, members by its `->`, which keeps a number's digits. */

import { errors } from '../errors.ts';
import {
  type JsonPath,
  type MemberPath,
  numberOfMembers,
  openJsonRows,
  parsePath,
} from '../functions/json.ts';
import { quoteText } from '../storage/model.ts';
import type { Expression, JsonColumn, TableSource } from '../syntax/ast.ts';
import { family, type SqlType, types } from '../values/types.ts';
import { constantValue } from './calls.ts';
import type { Scope, Translation } from './context.ts';
import { convertSql } from './convert-sql.ts';

/** From so many on a document of a row is taken apart once, not by each column that is looked at. */
const manyColumns = 8;

export const hasManyMembers = ({ args, json = [] }: Extract<TableSource, { kind: 'function' }>) =>
  args[0]?.kind === 'column' && json.length >= manyColumns;

export interface FunctionColumn {
  name: string;
  type: SqlType;
  sql: string;
}

/** Columns, and what stands after FROM. @throws 189, 13607; for a document known already 13609 */
export function openJsonSql(
  context: Translation,
  scope: Scope,
  source: Extract<TableSource, { kind: 'function' }>,
  sqlAlias: string,
): { columns: FunctionColumn[]; from: string } {
  if (source.args.length < 1 || source.args.length > 2) {
    throw errors.argumentRange('OPENJSON', 1, 2);
  }
  if (!source.json) {
    const extract = (index: number) => `json_extract(${sqlAlias}.value,'$[${index}]')`;
    return {
      columns: [
        { name: 'key', type: types.nvarchar4000, sql: extract(0) },
        { name: 'value', type: types.nvarcharMax, sql: extract(1) },
        { name: 'type', type: types.tinyint, sql: extract(2) },
      ],
      from: `json_each(${fromArguments(context, scope, source.args, 'ts_openjson')})`,
    };
  }
  const paths = source.json.map((column) =>
    parsePath(column.path ?? `$.${JSON.stringify(column.name)}`),
  );
  // A row that is a column itself: inside an array of its own it has JSON text like a member.
  const wrapped = paths.some(({ steps }) => steps.length === 0);
  const [document, start = '$'] = source.args.map((node) => constantValue(context, node));
  if (hasManyMembers(source)) {
    const wanted = source.json.map(({ asJson = false }, index): MemberPath => {
      const { steps = [], strict = false } = paths[index] ?? {};
      return { steps, strict, asJson };
    });
    const number = numberOfMembers(wanted);
    return {
      columns: source.json.map(({ name, type }, index) => {
        const sql = `(${sqlAlias}.value ->> '$[${index}]')`;
        return { name, type, sql: converted(sql, type) };
      }),
      from: `jsonb_each(${fromArguments(context, scope, source.args, 'ts_openjson_members', `,${number}`)})`,
    };
  }
  // Megabytes in a variable need not pass through SQLite to be looked at.
  const rows =
    typeof document === 'string' && typeof start === 'string'
      ? context.bind(openJsonRows(document, start, wrapped))
      : fromArguments(context, scope, source.args, 'ts_openjson_rows', wrapped ? ',1' : ',0');
  const columns = source.json.map((column, index) => ({
    name: column.name,
    type: column.type,
    sql: memberSql(sqlAlias, column, paths[index] ?? parsePath('$'), wrapped),
  }));
  // Of jsonb_each the rows need not be read as text again for every column.
  return { columns, from: `jsonb_each(${rows})` };
}

function fromArguments(
  context: Translation,
  scope: Scope,
  args: Expression[],
  run: string,
  more = '',
): string {
  const [json, path = "'$'"] = args.map(
    (node) =>
      convertSql(context.expression(scope, node), types.nvarcharMax, { explicit: true }).sql,
  );
  return `CASE WHEN ${json} IS NULL THEN '[]' ELSE ${run}(${json},${path}${more}) END`;
}

function memberSql(sqlAlias: string, column: JsonColumn, path: JsonPath, wrapped: boolean): string {
  const steps = path.steps.map((step) =>
    typeof step === 'number' ? `[${step}]` : `.${JSON.stringify(step)}`,
  );
  const place = quoteText(`$${wrapped ? '[0]' : ''}${steps.join('')}`);
  const { number, message } = errors.jsonStrict();
  const missing = path.strict ? `ts_raise(${number},${quoteText(message)})` : 'NULL';
  const kind = `json_type(${sqlAlias}.value,${place})`;
  const json = `${sqlAlias}.value -> ${place}`;
  // Each look at a member goes through the row from its beginning.
  const found = column.asJson
    ? `CASE ${kind} WHEN 'object' THEN ${json} WHEN 'array' THEN ${json} END`
    : `CASE ${kind} WHEN 'text' THEN ${sqlAlias}.value ->> ${place} WHEN 'object' THEN NULL WHEN 'array' THEN NULL WHEN 'null' THEN NULL ELSE ${json} END`;
  const present = path.strict ? `WHEN ${kind} IS NULL THEN ${missing} ` : '';
  // Of a text the row is its letters, which must not be taken for JSON.
  const sql = `CASE WHEN ${sqlAlias}.type NOT IN ('object','array') THEN ${missing} ${present}ELSE ${found} END`;
  return column.asJson ? sql : converted(sql, column.type);
}

function converted(sql: string, type: SqlType): string {
  if (family(type) === 'binary') return `unhex(${sql})`;
  return convertSql({ sql, type: types.nvarcharMax, nullable: true }, type, { explicit: true }).sql;
}
