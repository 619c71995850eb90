/**
 * A checked query to SQL: one statement for all its levels, so that all of them are of one moment and
 * come over one connection.
 *
 * Each level is a table that numbers its rows and is applied to each row of the level above. The
 * statement is the outer union of these tables, sorted by the positions from the root's down: a row
 * comes before what is below it, and that before the next row.
 *
 *     WITH [__l0] AS (SELECT ROW_NUMBER() OVER (…) AS [n0], A.Code AS [c0], A.ID AS [m0] FROM Countries A …),
 *     [__l1] AS (SELECT [__master].[n0], ROW_NUMBER() OVER (PARTITION BY [__master].[n0] …) AS [n1], …
 *       FROM [__l0] AS [__master] CROSS APPLY (SELECT A.Code AS [c0], … AS [o0]
 *         FROM Countries2 A WHERE A.Parent_ID=[__master].[m0]) AS [__row])
 *     SELECT 0 AS [l], … FROM [__l0] CROSS JOIN [__l1] WHERE 1 = 0
 *     UNION ALL SELECT 0, [n0], NULL, [c0], [m0], NULL, … FROM [__l0]
 *     UNION ALL SELECT 1, [n0], [n1], NULL, NULL, [c0], … FROM [__l1]
 *     ORDER BY [n0], [n1]
 */

import type {
  CheckedLevel,
  CheckedQuery,
  SqlText,
  Statement,
  StatementColumn,
  StatementLevel,
} from '../definition.ts';
import { queryFault } from '../language/query.ts';
import { foldName } from '../name.ts';
import { continuedLevel, unsealed } from './continuation.ts';
import { groupedLevel } from './grouped-level.ts';
import { type LevelSql, levelSql, masterAlias, type Sort } from './level.ts';
import {
  collated,
  orOne,
  ownList,
  ownNames,
  placeNames,
  sortList,
  sortsOf,
} from './level-lists.ts';
import { Parameters } from './parameters.ts';

const row = '[__row]';

/** Of the row that says how many there are, whose level is the one after the last. */
const countColumn = 'q';

const levelOf = (level: CheckedLevel): LevelSql =>
  level.groupedBy === undefined ? levelSql(level) : groupedLevel(level, level.groupedBy);

/** A level in its place. */
interface Placed {
  readonly place: number;
  readonly depth: number;
  readonly sql: LevelSql;
  readonly parent: Placed | undefined;
  readonly children: Placed[];
  /** Its place among the children of its parent, from 1. */
  readonly nth: number;
}

/**
 * The SQL of a query. Every value of the query is a parameter; the text consists of the definition's
 * SQL and names of ours.
 */
export function buildStatement(query: CheckedQuery): Statement {
  const own = levelOf(query.root);
  const page = query.next === undefined ? undefined : pageOf(query, query.next, own);
  const placed = placedLevels(page?.root ?? own);
  return {
    ...direct(query, placed, own),
    copying: copying(query, placed, own),
    levels: placed.map((level) => statementLevel(query, level)),
    hasCount: query.count,
    page: page && { columns: placeNames(page.root), top: query.top ?? 0, query: page.query },
  };
}

/** @param own the root without the place that it goes on from */
function direct(
  query: CheckedQuery,
  placed: readonly [Placed, ...Placed[]],
  own: LevelSql,
): SqlText {
  const [root] = placed;
  const isPlain = placed.length === 1 && !query.count;
  return isPlain ? rootStatement(query, root.sql) : unionOf(query, placed, own);
}

/**
 * The root from the place that `next` tells on.
 *
 * @throws QueryFault where it is none of this query, or rows have nothing that tells their places
 */
function pageOf(query: CheckedQuery, next: true | string, own: LevelSql) {
  if (!own.isUnique) {
    const { name } = query.root.dataset;
    const message = `next: cannot be told, since ${name} has no unique fields; use skip`;
    throw queryFault([{ field: 'next', message, allowed: 'left out' }]);
  }
  const all = { ...query, skip: 0, top: undefined, count: false };
  const text = direct(all, placedLevels(own), own);
  const told = JSON.stringify([query.definition.id, text, sortsOf(own)]);
  const place = next === true ? undefined : unsealed(next, told, sortsOf(own).length);
  return { root: continuedLevel(own, place), query: told };
}

/** Each parent before its children, these in the order of the answer. */
/** @param sql of the root */
function placedLevels(sql: LevelSql): [Placed, ...Placed[]] {
  const others: Placed[] = [];
  const add = (parent: Placed): void => {
    for (const [index, level] of parent.sql.level.children.entries()) {
      const child: Placed = {
        ...{ place: others.length + 1, depth: parent.depth + 1, sql: levelOf(level), parent },
        ...{ children: [], nth: index + 1 },
      };
      parent.children.push(child);
      others.push(child);
      add(child);
    }
  };
  const first: Placed = { place: 0, depth: 0, sql, parent: undefined, children: [], nth: 1 };
  add(first);
  return [first, ...others];
}

function statementLevel(query: CheckedQuery, level: Placed): StatementLevel {
  const { place, depth, parent, children, sql } = level;
  const zone = query.definition.document.timezone;
  const columns = sql.level.fields.map(({ fieldname, datatype }, index): StatementColumn => {
    return { name: columnOf(place, `c${index}`), key: foldName(fieldname), datatype, zone };
  });
  return {
    dataset: sql.level.dataset.name,
    depth,
    parent: parent?.place,
    children: children.map((child) => child.place),
    columns,
    positions: positionNames(depth),
    parentKey: keysOf(level).map(({ own, name }) => ({
      own: columnOf(place, own),
      parent: columnOf(parent?.place ?? 0, name),
    })),
  };
}

const noMaster = (): string => {
  throw new Error('The root refers to a master');
};

/** Rows of one level only, as they come. */
function rootStatement(query: CheckedQuery, own: LevelSql): SqlText {
  const parameters = new Parameters();
  const body = own.query(orOne(ownList(own)), parameters, noMaster);
  const page = pageText(query, parameters);
  return parameters.textOf(`${withText([own.tables])}${body} ORDER BY ${rootOrder(own)}${page}`);
}

function unionOf(query: CheckedQuery, levels: readonly Placed[], root: LevelSql): SqlText {
  const parameters = new Parameters();
  const tableOf = ({ place }: Placed) => `[__l${place}]`;
  const own = levels.map((level) => {
    return `${tableOf(level)} AS (${bodyOf(query, level, tableOf, parameters)})`;
  });
  const count = query.count ? `[__count] AS (${countText(root, parameters)})` : '';
  const tables = withText([...levels.map(({ sql }) => sql.tables), ...own, count]);
  const counted = query.count ? '[__count]' : undefined;
  return parameters.textOf(`${tables}${outerUnion(levels, tableOf, counted)}`);
}

/** How many rows the root has, however few are shown. */
const countText = (root: LevelSql, parameters: Parameters): string =>
  `SELECT COUNT_BIG(*) AS [${countColumn}] FROM (${root.query(orOne([]), parameters, noMaster)}) AS [__all]`;

/** Levels into tables of the session, one after the other, and then the rows from these. */
function copying(query: CheckedQuery, levels: readonly Placed[], root: LevelSql): SqlText {
  const parameters = new Parameters();
  const tableOf = ({ place }: Placed) => `[#l${place}]`;
  const copies = levels.map((level) => {
    const body = bodyOf(query, level, tableOf, parameters);
    return `${withText([level.sql.tables])}SELECT * INTO ${tableOf(level)} FROM (${body}) AS [__copied];`;
  });
  const counted = query.count ? '[#count]' : undefined;
  if (counted !== undefined) {
    const counting = `SELECT * INTO ${counted} FROM (${countText(root, parameters)}) AS [__copied];`;
    copies.push(`${withText([root.tables])}${counting}`);
  }
  return parameters.textOf(`${copies.join(' ')} ${outerUnion(levels, tableOf, counted)}`);
}

type TableOf = (level: Placed) => string;

/** A level's rows: numbered, with fields and keys, in no order. */
function bodyOf(
  query: CheckedQuery,
  level: Placed,
  tableOf: TableOf,
  parameters: Parameters,
): string {
  const { parent } = level;
  return parent === undefined
    ? numberedRoot(query, level.sql, parameters)
    : numberedLevel(level, parent, tableOf, parameters);
}

/** What a page shows is found before it is numbered: `top` costs what it gives. */
function numberedRoot(query: CheckedQuery, own: LevelSql, parameters: Parameters): string {
  const number = (order: string) => `CAST(ROW_NUMBER() OVER (ORDER BY ${order}) AS int) AS [n0]`;
  if (query.skip === 0 && query.top === undefined) {
    return own.query([number(rootOrder(own)), ...ownList(own)], parameters, noMaster);
  }
  const inner = own.query(orOne([...ownList(own), ...sortList(own)]), parameters, noMaster);
  const page = `${inner} ORDER BY ${rootOrder(own)}${pageText(query, parameters)}`;
  const list = [number(orderOf(own)), ...ownNames(own).map((name) => `${row}.[${name}]`)];
  return `SELECT ${list.join(', ')} FROM (${page}) AS ${row}`;
}

function pageText({ skip, top }: CheckedQuery, parameters: Parameters): string {
  if (skip === 0 && top === undefined) return '';
  const offset = ` OFFSET ${parameters.add({ type: 'int', value: skip })} ROWS`;
  if (top === undefined) return offset;
  return `${offset} FETCH NEXT ${parameters.add({ type: 'int', value: top })} ROWS ONLY`;
}

/** Numbered within each parent. */
function numberedLevel(
  level: Placed,
  parent: Placed,
  tableOf: TableOf,
  parameters: Parameters,
): string {
  const { sql: own, depth } = level;
  const above = positionNames(depth - 1).map((name) => `${masterAlias}.[${name}]`);
  const inner = own.query(
    orOne([...ownList(own), ...sortList(own)]),
    parameters,
    (name) => `${masterAlias}.[${keyColumn(parent.sql, name)}]`,
  );
  const list = [
    ...above,
    `CAST(ROW_NUMBER() OVER (PARTITION BY ${above.join(', ')} ORDER BY ${orderOf(own)}) AS int) AS [n${depth}]`,
    ...keysOf(level).map((key) => `${masterAlias}.[${key.name}] AS [${key.own}]`),
    ...ownNames(own).map((name) => `${row}.[${name}]`),
  ];
  return `SELECT ${list.join(', ')} FROM ${tableOf(parent)} AS ${masterAlias} CROSS APPLY (${inner}) AS ${row}`;
}

/**
 * One row type for all levels. The first branch gives every column its type, and no row: SQL Server
 * takes it away before it runs, and a NULL that no branch before has a type for would be an int.
 */
function outerUnion(
  levels: readonly Placed[],
  tableOf: TableOf,
  counted: string | undefined,
): string {
  const deepest = Math.max(...levels.map(({ depth }) => depth));
  const order = orderNames(levels, deepest);
  const columns = levels.map((level) => [
    ...ownNames(level.sql),
    ...keysOf(level).map(({ own }) => own),
  ]);
  if (levels.length === 1 && counted === undefined) {
    const list = orOne((columns[0] ?? []).map((name) => `[${name}]`));
    return `SELECT ${list.join(', ')} FROM ${levels.map(tableOf).join()} ORDER BY [n0]`;
  }
  const types = [
    '0 AS [l]',
    ...order.map((name) => `0 AS [${name}]`),
    ...levels.flatMap(({ place }) =>
      (columns[place] ?? []).map((name) => `[t${place}].[${name}] AS [${columnOf(place, name)}]`),
    ),
    ...(counted === undefined ? [] : [`[__counted].[${countColumn}]`]),
  ];
  const all = [
    ...levels.map((level) => `${tableOf(level)} AS [t${level.place}]`),
    ...(counted === undefined ? [] : [`${counted} AS [__counted]`]),
  ].join(' CROSS JOIN ');
  const branches = levels.map((level) => {
    const ancestry = ancestryOf(level);
    const list = [
      String(level.place),
      ...order.map((name) => {
        const at = ancestry[Number(name.slice(1))];
        if (at === undefined) return 'NULL';
        return name.startsWith('n') ? `[${name}]` : String(at.nth);
      }),
      ...levels.flatMap(({ place }) =>
        (columns[place] ?? []).map((name) => (place === level.place ? `[${name}]` : 'NULL')),
      ),
      ...(counted === undefined ? [] : ['NULL']),
    ];
    return `SELECT ${list.join(', ')} FROM ${tableOf(level)}`;
  });
  const empty = `SELECT ${types.join(', ')} FROM ${all} WHERE 1 = 0`;
  if (counted !== undefined) {
    // Before all rows: it has no position.
    const nothing = types.slice(2).map(() => 'NULL');
    const list = [String(levels.length), ...nothing, `[${countColumn}]`];
    branches.push(`SELECT ${list.join(', ')} FROM ${counted}`);
  }
  const sorted = order.map((name) => `[${name}]`).join(', ');
  return `${[empty, ...branches].join(' UNION ALL ')} ORDER BY ${sorted}`;
}

/** From the root's down to the level itself. */
const ancestryOf = (level: Placed): Placed[] =>
  level.parent === undefined ? [level] : [...ancestryOf(level.parent), level];

/**
 * `n0`, then for each depth the place of the dataset, `d1`, where one has several below it, and the
 * row's position, `n1`. NULL, of what a row is not below, comes first.
 */
function orderNames(levels: readonly Placed[], deepest: number): string[] {
  const forks = new Set(
    levels.filter(({ children }) => children.length > 1).map(({ depth }) => depth + 1),
  );
  return positionNames(deepest).flatMap((name, depth) =>
    forks.has(depth) ? [`d${depth}`, name] : [name],
  );
}

/** `n0` to the position of the row itself. */
const positionNames = (depth: number): string[] =>
  Array.from({ length: depth + 1 }, (_, index) => `n${index}`);

/** What a column of a level is called in the rows of all. */
const columnOf = (place: number, name: string): string => (place === 0 ? name : `${name}_${place}`);

/** Columns with the master's keys, beside the master's own. */
function keysOf({ sql, parent }: Placed): { own: string; name: string }[] {
  if (parent === undefined) return [];
  return sql.level.dataset.masterFields.map((name, index) => ({
    own: `k${index}`,
    name: keyColumn(parent.sql, name),
  }));
}

/** Where a level has the key that its children call `name`. */
const keyColumn = ({ keys }: LevelSql, name: string): string =>
  `m${[...keys.keys()].indexOf(foldName(name))}`;

/** By the expressions themselves. */
const rootOrder = (own: LevelSql): string =>
  orderText(sortsOf(own).map((sort) => sortText(sort.sql, sort)));

/** By the columns of `sortList`. */
const orderOf = (own: LevelSql): string =>
  orderText(sortsOf(own).map((sort, index) => sortText(`${row}.[o${index}]`, sort)));

/** Each table once: datasets of a definition may have the same. */
function withText(tables: readonly string[]): string {
  const all = [...new Set(tables)].filter((table) => table !== '');
  return all.length === 0 ? '' : `WITH ${all.join(', ')} `;
}

/** SQL Server wants something to sort by, and no constant. */
const orderText = (sorts: readonly string[]): string =>
  sorts.length === 0 ? '(SELECT NULL)' : sorts.join(', ');

const sortText = (sql: string, sort: Sort): string =>
  `${collated(sql, sort)}${sort.descending ? ' DESC' : ''}`;
