/**
 * A checked query to SQL: one statement a level, whose rows come in the order of the answer.
 *
 * A nested level's statement repeats the levels above it as common table expressions that number
 * their rows, and applies its own dataset to each of them:
 *
 *     WITH [__l0] AS (SELECT ROW_NUMBER() OVER (…) AS [n0], A.ID AS [m0] FROM Countries A …)
 *     SELECT [__master].[n0], [__master].[m0] AS [k0], [__row].[c0], …
 *     FROM [__l0] AS [__master] CROSS APPLY (SELECT A.Code AS [c0], … AS [o0]
 *       FROM Countries2 A WHERE A.Parent_ID=[__master].[m0]) AS [__row]
 *     ORDER BY [__master].[n0], [__row].[o0]
 */

import type { CheckedLevel, CheckedQuery, Statement, StatementColumn } from '../definition.ts';
import { foldName } from '../name.ts';
import { type LevelSql, levelSql, masterAlias, type Sort } from './level.ts';
import { Parameters } from './parameters.ts';

const row = '[__row]';

/**
 * The statements of a query, the root's first, each parent before its children. Every value of the
 * query is a parameter; the text consists of the definition's SQL and names of ours.
 */
export function buildStatements(query: CheckedQuery): Statement[] {
  const statements: Statement[] = [];
  const add = (level: CheckedLevel, above: readonly LevelSql[], parent: number | undefined) => {
    const own = levelSql(level);
    const place = statements.length;
    const children: number[] = [];
    statements.push({
      ...(above.length === 0 ? rootStatement(query, own) : nestedStatement(query, above, own)),
      dataset: level.dataset.name,
      depth: above.length,
      parent,
      children,
      columns: columnsOf(query, level),
    });
    for (const child of level.children) children.push(add(child, [...above, own], place));
    return place;
  };
  add(query.root, [], undefined);
  return statements;
}

function columnsOf(query: CheckedQuery, { fields }: CheckedLevel): StatementColumn[] {
  const zone = query.definition.document.timezone;
  return fields.map(({ fieldname, datatype }, index) => ({
    name: `c${index}`,
    key: foldName(fieldname),
    datatype,
    zone,
  }));
}

type Built = Pick<Statement, 'sql' | 'parameters' | 'positions' | 'parentKey'>;

const noMaster = (): string => {
  throw new Error('The root refers to a master');
};

function rootStatement(query: CheckedQuery, own: LevelSql): Built {
  const parameters = new Parameters();
  const list = [...named(own.fields, 'c'), ...named([...own.keys.values()], 'm')];
  const body = own.query(list.length > 0 ? list : ['1 AS [x]'], parameters, noMaster);
  const sorts = [...own.sorts, ...own.ties].map((sort) => sortText(sort.sql, sort));
  const sql = `${withText([own.tables])}${body} ORDER BY ${orderText(sorts)}${pageText(query, parameters)}`;
  return { sql, parameters: parameters.list, positions: [], parentKey: [] };
}

function pageText({ skip, top }: CheckedQuery, parameters: Parameters): string {
  if (skip === 0 && top === undefined) return '';
  const offset = ` OFFSET ${parameters.add({ type: 'int', value: skip })} ROWS`;
  if (top === undefined) return offset;
  return `${offset} FETCH NEXT ${parameters.add({ type: 'int', value: top })} ROWS ONLY`;
}

function nestedStatement(query: CheckedQuery, above: readonly LevelSql[], own: LevelSql): Built {
  const parameters = new Parameters();
  const tables = above.flatMap((level, depth) =>
    depth === 0
      ? numberedRoot(query, level, parameters)
      : [numberedLevel(level, above[depth - 1], depth, parameters)],
  );
  const parent = above.at(-1);
  const names = positionNames(above.length);
  const keys = own.level.dataset.masterFields.map((name, index) => ({
    own: `k${index}`,
    parent: keyColumn(parent, name),
  }));
  const sorts = [...own.sorts, ...own.ties];
  const inner = own.query(
    orOne([
      ...named(own.fields, 'c'),
      ...named([...own.keys.values()], 'm'),
      ...named(
        sorts.map(({ sql }) => sql),
        'o',
      ),
    ]),
    parameters,
    (name) => `${masterAlias}.[${keyColumn(parent, name)}]`,
  );
  const list = [
    ...names.map((name) => `${masterAlias}.[${name}]`),
    ...keys.map((key) => `${masterAlias}.[${key.parent}] AS [${key.own}]`),
    ...own.fields.map((_, index) => `${row}.[c${index}]`),
    ...[...own.keys].map((_, index) => `${row}.[m${index}]`),
  ];
  const order = [
    ...names.map((name) => `${masterAlias}.[${name}]`),
    ...sorts.map((sort, index) => sortText(`${row}.[o${index}]`, sort)),
  ];
  const from = `[__l${above.length - 1}] AS ${masterAlias} CROSS APPLY (${inner}) AS ${row}`;
  return {
    sql: `${withText([...[...above, own].map((level) => level.tables), ...tables])}SELECT ${list.join(', ')} FROM ${from} ORDER BY ${order.join(', ')}`,
    parameters: parameters.list,
    positions: names,
    parentKey: keys,
  };
}

/** The root's rows with their position and keys: `[__l0]`. */
function numberedRoot(query: CheckedQuery, level: LevelSql, parameters: Parameters): string[] {
  const { skip, top } = query;
  const order = orderText(level.sorts.map((sort) => sortText(sort.sql, sort)));
  const keys = [...level.keys.values()];
  const list = [`CAST(ROW_NUMBER() OVER (ORDER BY ${order}) AS int) AS [n]`, ...named(keys, 'm')];
  const all = `[__r0] AS (${level.query(list, parameters, noMaster)})`;
  const columns = keys.map((_, index) => `, [m${index}]`).join('');
  const from = parameters.add({ type: 'int', value: skip });
  const limit =
    top === undefined ? '' : ` AND [n] - ${from} <= ${parameters.add({ type: 'int', value: top })}`;
  const page = `SELECT [n] - ${from} AS [n0]${columns} FROM [__r0] WHERE [n] > ${from}${limit}`;
  return [all, `[__l0] AS (${page})`];
}

/** Rows of a level between, numbered within each parent: `[__l1]`. */
function numberedLevel(
  level: LevelSql,
  parent: LevelSql | undefined,
  depth: number,
  parameters: Parameters,
): string {
  const names = positionNames(depth).map((name) => `${masterAlias}.[${name}]`);
  const order = orderText(level.sorts.map((sort, index) => sortText(`${row}.[o${index}]`, sort)));
  const inner = level.query(
    [
      ...named([...level.keys.values()], 'm'),
      ...named(
        level.sorts.map(({ sql }) => sql),
        'o',
      ),
    ],
    parameters,
    (name) => `${masterAlias}.[${keyColumn(parent, name)}]`,
  );
  const number = `CAST(ROW_NUMBER() OVER (PARTITION BY ${names.join(', ')} ORDER BY ${order}) AS int) AS [n${depth}]`;
  const keys = [...level.keys].map((_, index) => `${row}.[m${index}]`);
  return `[__l${depth}] AS (SELECT ${[...names, number, ...keys].join(', ')} FROM [__l${depth - 1}] AS ${masterAlias} CROSS APPLY (${inner}) AS ${row})`;
}

/** Each table once: datasets of a definition may have the same. */
function withText(tables: readonly string[]): string {
  const all = [...new Set(tables)].filter((table) => table !== '');
  return all.length === 0 ? '' : `WITH ${all.join(', ')} `;
}

/** SQL Server wants something to sort by, and no constant. */
const orderText = (sorts: readonly string[]): string =>
  sorts.length === 0 ? '(SELECT NULL)' : sorts.join(', ');

const positionNames = (depth: number): string[] =>
  Array.from({ length: depth }, (_, index) => `n${index}`);

/** Where a level has the key that its children call `name`. */
function keyColumn(level: LevelSql | undefined, name: string): string {
  return `m${[...(level?.keys.keys() ?? [])].indexOf(foldName(name))}`;
}

const named = (expressions: readonly string[], prefix: string): string[] =>
  expressions.map((sql, index) => `${sql} AS [${prefix}${index}]`);

const orOne = (list: readonly string[]): readonly string[] =>
  list.length > 0 ? list : ['1 AS [x]'];

function sortText(sql: string, { collation, descending }: Sort): string {
  const collate = collation === undefined ? '' : ` COLLATE ${collation}`;
  return `${sql}${collate}${descending ? ' DESC' : ''}`;
}
