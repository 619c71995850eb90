/** SELECT to SQLite's. */

import { errors } from '../errors.ts';
import type {
  CommonTable,
  Expression,
  OrderItem,
  Query,
  QueryBody,
  Select,
  SelectItem,
  Top,
} from '../syntax/ast.ts';
import { isExact } from '../values/collation.ts';
import { commonType, family, types } from '../values/types.ts';
import { isAggregate } from './aggregates.ts';
import { constantValue } from './calls.ts';
import { sourceOf, typed } from './columns.ts';
import { collatedSql, distinctKey, isPadded, orderKey } from './compare.ts';
import { conditionSql, whereSql } from './condition.ts';
import {
  emptyScope,
  quoteName,
  type ResultColumn,
  type Scope,
  type TranslatedQuery,
  type Translation,
  type Typed,
} from './context.ts';
import { convertSql, sameStored } from './convert-sql.ts';
import { checkNames, fromSql } from './from.ts';
import { conjuncts } from './gather.ts';
import { checkComparable, checkGroupedBy, checkSortedBy, checkSortedOnce } from './order-check.ts';

interface Item {
  name: string;
  value: Typed;
  /** Written with an alias: ORDER BY may use it. */
  alias?: string;
}

interface SelectParts {
  sql: string;
  columns: ResultColumn[];
  items: Item[];
  scope: Scope;
  single: boolean;
  /** Nothing but values of one row. */
  isRow: boolean;
}

export function translateQuery(
  context: Translation,
  query: Query,
  parent?: Scope,
): TranslatedQuery {
  const outer = emptyScope(parent);
  const common = commonTables(context, outer, query.with);
  if (!query.forJson && query.body.kind !== 'select' && query.order.length > 0) {
    return sortedSet(context, outer, query, common);
  }
  const result = query.forJson ? forJson(context, outer, query) : plain(context, outer, query);
  if (!common) return result;
  const { columns, single } = result;
  return { sql: `WITH RECURSIVE ${common} ${result.sql}`, columns, single };
}

function plain(context: Translation, outer: Scope, query: Query): TranslatedQuery {
  const limit = limitSql(context, outer, query);
  if (query.body.kind === 'select') {
    const parts = selectSql(context, outer, query.body);
    // One row needs no order; and SQLite would not find an outer column in it.
    const sorted = query.order.length ? selectOrder(context, parts, query.body, query.order) : '';
    const order = sorted && query.body.from.length ? ` ORDER BY ${sorted}` : '';
    const top = query.body.top ? topSql(context, outer, query.body.top) : '';
    return {
      sql: `${parts.sql}${order}${top || limit.sql}`,
      columns: parts.columns,
      single: parts.single || limit.one || topIsOne(query.body.top),
      ...(parts.isRow &&
        !top &&
        !limit.sql && { values: parts.items.map(({ value }) => value.sql) }),
    };
  }
  if (query.order.length > 0) return sortedSet(context, outer, query, '');
  return { ...bodySql(context, outer, query.body), single: false };
}

/** @param common the tables that the query has before it */
function sortedSet(
  context: Translation,
  outer: Scope,
  query: Query,
  common: string,
): TranslatedQuery {
  const limit = limitSql(context, outer, query);
  const { sql, columns } = bodySql(context, outer, query.body);
  const name = context.name('u');
  const keys = query.order.map(
    ({ expression, descending }) =>
      orderKey(setKey(name, columns, expression)) + (descending ? ' DESC' : ''),
  );
  const list = columns.map((_, index) => `c${index}`).join(',');
  return {
    sql: `WITH RECURSIVE ${common && `${common}, `}${name}(${list}) AS (${sql}) SELECT * FROM ${name} ORDER BY ${keys.join(',')}${limit.sql}`,
    columns,
    single: limit.one,
  };
}

/** Sorting a UNION is by its columns, by name or number. */
function setKey(name: string, columns: ResultColumn[], node: Expression): Typed {
  let index = -1;
  if (node.kind === 'literal') index = Number(node.text) - 1;
  else if (node.kind === 'column') {
    const wanted = node.name.at(-1)?.toLowerCase();
    index = columns.findIndex((column) => column.name.toLowerCase() === wanted);
    if (index === -1) throw errors.invalidColumn(node.name.join('.'));
  }
  const column = columns[index];
  if (!column) throw errors.columnNumberOutOfRange(index + 1);
  return { sql: `${name}.c${index}`, type: column.type, nullable: column.nullable };
}

function limitSql(context: Translation, scope: Scope, query: Query): { sql: string; one: boolean } {
  if (!query.offset) return { sql: '', one: false };
  const offset = convertSql(context.expression(scope, query.offset), types.bigint).sql;
  const fetch = query.fetch && convertSql(context.expression(scope, query.fetch), types.bigint).sql;
  return {
    sql: ` LIMIT ${fetch ?? -1} OFFSET ${offset}`,
    one: query.fetch?.kind === 'literal' && query.fetch.text === '1',
  };
}

const topIsOne = (top: Top | undefined) =>
  top?.count.kind === 'literal' && top.count.text === '1' && !top.percent;

export function topSql(context: Translation, scope: Scope, top: Top): string {
  if (top.percent || top.ties)
    throw errors.invalidUse(top.percent ? 'TOP … PERCENT' : 'TOP … WITH TIES');
  const count = context.expression(scope, top.count);
  if (family(count.type) !== 'integer') throw errors.topNotInteger();
  if (top.count.kind === 'variable') {
    const value = Number(constantValue(context, top.count));
    if (value < 0) throw errors.topNegative();
  }
  return ` LIMIT ${count.sql}`;
}

/** Registers the names and gives `a(x) AS (…), b …`. */
export function commonTables(context: Translation, scope: Scope, tables: CommonTable[]): string {
  return tables
    .map((table) => {
      const sqlName = context.name('w');
      const register = (columns: ResultColumn[]) => {
        const named = columns.map((column, index) => ({
          ...column,
          name: table.columns?.[index] ?? column.name,
        }));
        if (table.columns && table.columns.length < columns.length)
          throw errors.columnListMismatch(table.name);
        if (table.columns && table.columns.length > columns.length)
          throw errors.columnListLonger(table.name);
        checkNames(named, table.name);
        scope.common.set(table.name.toLowerCase(), { sqlName, columns: named });
        return named;
      };
      const { body } = table.query;
      const recursive =
        body.kind === 'set' && body.operator === 'UNION ALL' && mentions(body.right, table.name);
      if (recursive) {
        // The anchor's types are those of the whole; translated aside to learn them.
        const probe = emptyScope(scope);
        register(bodySql(context, probe, body.left).columns);
      }
      const query = context.query(table.query, scope);
      const columns = register(query.columns);
      return `${sqlName}(${columns.map((column) => quoteName(column.name)).join(',')}) AS (${query.sql})`;
    })
    .join(', ');
}

/** Does a query name this table in its FROM? */
function mentions(body: QueryBody, name: string): boolean {
  return JSON.stringify(body)
    .toLowerCase()
    .includes(`"kind":"table","name":[${JSON.stringify(name.toLowerCase())}]`);
}

function bodySql(
  context: Translation,
  scope: Scope,
  body: QueryBody,
): { sql: string; columns: ResultColumn[] } {
  if (body.kind === 'select') {
    const { sql, columns } = selectSql(context, scope, body);
    const top = body.top ? topSql(context, scope, body.top) : '';
    return { sql: top ? `SELECT * FROM (${sql}${top})` : sql, columns };
  }
  if (body.kind === 'nested') {
    const { sql, columns } = context.query(body.query, scope);
    return { sql: `SELECT * FROM (${sql})`, columns };
  }
  const left = bodySql(context, scope, body.left);
  const right = bodySql(context, scope, body.right);
  if (left.columns.length !== right.columns.length) throw errors.unionColumns();
  const columns = left.columns.map((column, index): ResultColumn => {
    const other = right.columns[index] ?? column;
    const type = column.isNull
      ? other.type
      : other.isNull
        ? column.type
        : commonType(column.type, other.type);
    const collation = column.collation ?? other.collation;
    return {
      name: column.name,
      type,
      nullable: column.nullable || other.nullable,
      ...(collation !== undefined && { collation }),
    };
  });
  const folded = body.operator !== 'UNION ALL';
  return {
    sql: `${side(context, left, columns, folded)} ${body.operator} ${side(context, right, columns, folded)}`,
    columns,
  };
}

/** One side of a set operation, with every column in the common type. */
function side(
  context: Translation,
  part: { sql: string; columns: ResultColumn[] },
  columns: ResultColumn[],
  folded: boolean,
): string {
  const stays = part.columns.every((column, index) => {
    const target = columns[index]?.type ?? column.type;
    const asIs = column.isNull || sameStored(column.type, target);
    return asIs && !(folded && family(target) === 'text');
  });
  // As it is where it can be: a recursive query may not be wrapped.
  if (stays) return part.sql;
  const name = context.name('u');
  const list = part.columns.map((_, index) => `c${index}`);
  const converted = part.columns.map((column, index) => {
    const { type: target, collation } = columns[index] ?? column;
    const value = convertSql(
      { sql: `${name}.c${index}`, type: column.type, nullable: true },
      target,
    );
    const exact = collation !== undefined && isExact(collation);
    return folded ? collatedSql({ ...value, exact }) : value.sql;
  });
  return `SELECT ${converted.join(',')} FROM (WITH ${name}(${list.join(',')}) AS (${part.sql}) SELECT * FROM ${name}) AS ${name}`;
}

function selectSql(context: Translation, outer: Scope, select: Select): SelectParts {
  const scope: Scope = { ...emptyScope(outer), windows: false };
  const conditions = conjuncts(select.where);
  const from = select.from.length
    ? ` FROM ${fromSql(context, scope, select.from, conditions)}`
    : '';
  const where = whereSql(context, scope, conditions);
  for (const node of select.group) checkGroupedBy(node);
  const keys = select.group.map((node) => context.expression(scope, node));
  checkComparable(...keys);
  const aggregated =
    keys.length > 0 ||
    select.having !== undefined ||
    remembered(aggregatedQueries, select, () =>
      select.items.some((item) => item.kind !== 'star' && hasAggregate(item.expression)),
    );
  const clause = (name: 'select' | 'having' | 'order'): Scope => ({
    ...scope,
    aggregates: true,
    windows: name !== 'having',
    ...(aggregated && {
      grouping: {
        keys: new Set(keys.map((key) => key.sql)),
        clause: name,
      },
    }),
  });
  const items = select.items.flatMap((item) => itemValues(context, clause('select'), item));
  const having = select.having
    ? ` HAVING ${conditionSql(context, clause('having'), select.having)}`
    : '';
  if (select.distinct) checkComparable(...items.map(({ value }) => value));
  // Values that differ by blanks at their ends are one, of which one is shown as it is.
  const isGrouped =
    select.distinct &&
    !aggregated &&
    items.some(({ value }) => isPadded(value)) &&
    !remembered(windowedQueries, select, () => select.items.some(hasWindow));
  const groups = isGrouped ? items.map(({ value }) => value).filter(isNoPlace) : keys;
  const group = groups.length ? ` GROUP BY ${groups.map(distinctKey).join(',')}` : '';
  const distinct = select.distinct && !isGrouped ? 'DISTINCT ' : '';
  const values = items.map(({ value }) => (distinct === '' ? value.sql : collatedSql(value)));
  // HAVING without GROUP BY needs an aggregate in the list to be one group in SQLite.
  const isOneGroup = having !== '' && keys.length === 0;
  const list = values
    .map((sql, index) =>
      isOneGroup && index === 0 ? `CASE WHEN count(*)>=0 THEN ${sql} END` : sql,
    )
    .join(',');
  const sql = `SELECT ${distinct}${list}${from}${where}${group}${having}`;
  const columns = items.map(({ name, value }) => ({
    name,
    type: value.type,
    nullable: value.nullable,
    ...(value.collation !== undefined && { collation: value.collation }),
    ...(value.inKey && { inKey: true }),
    ...(value.isNull && { isNull: true }),
  }));
  return {
    sql,
    columns,
    items,
    scope: clause('order'),
    single: (aggregated && keys.length === 0) || select.from.length === 0,
    isRow:
      sql === `SELECT ${list}` &&
      !aggregated &&
      !remembered(windowedQueries, select, () => select.items.some(hasWindow)),
  };
}

/** SQLite takes a whole number in GROUP BY for the place of a column. */
const isNoPlace = ({ sql }: Typed): boolean => !/^[-+]?\d+$/.test(sql);

function itemValues(context: Translation, scope: Scope, item: SelectItem): Item[] {
  if (item.kind === 'star') {
    const sources = item.table ? [sourceOf(scope, item.table)] : scope.sources;
    if (sources.length === 0) throw errors.mustHaveTable();
    return sources.flatMap((source) =>
      source.columns.map((column) => {
        if (scope.grouping && !scope.grouping.keys.has(column.sql))
          throw errors.notInGroupBy(`${source.alias}.${column.name}`);
        return {
          name: column.name,
          value: typed(source, column),
        };
      }),
    );
  }
  const value = context.expression(scope, item.expression);
  if (item.kind === 'assign') return [{ name: item.variable, value }];
  const name =
    item.alias ??
    (item.expression.kind === 'column'
      ? (value.column?.name ?? item.expression.name.at(-1) ?? '')
      : '');
  return [{ name, value, ...(item.alias !== undefined && { alias: item.alias }) }];
}

function selectOrder(
  context: Translation,
  parts: SelectParts,
  select: Select,
  order: OrderItem[],
): string {
  const keys = order.map(({ expression }, index) => {
    const listed = listedItem(parts, expression);
    if (listed) {
      checkComparable(listed);
      return orderKey(listed);
    }
    checkSortedBy(expression, index + 1);
    const value = context.expression(parts.scope, expression);
    checkComparable(value);
    const key = orderKey(value);
    if (select.distinct && !parts.items.some((item) => orderKey(item.value) === key))
      throw errors.distinctOrder();
    return key;
  });
  checkSortedOnce(keys);
  return keys.map((key, index) => key + (order[index]?.descending ? ' DESC' : '')).join(',');
}

/**
 * A value of the select list, by its place or its alias, which goes before a column of the same name.
 */
function listedItem({ items }: SelectParts, node: Expression): Typed | undefined {
  if (node.kind === 'literal' && node.type === 'number' && /^\d+$/.test(node.text)) {
    const item = items[Number(node.text) - 1];
    if (!item) throw errors.columnNumberOutOfRange(node.text);
    return item.value;
  }
  if (node.kind !== 'column' || node.name.length !== 1) return undefined;
  const wanted = node.name[0]?.toLowerCase();
  const matches = items.filter((item) => item.alias?.toLowerCase() === wanted);
  if (matches.length > 1) throw errors.ambiguousColumn(node.name[0] ?? '');
  return matches[0]?.value;
}

const hasWindow = (item: SelectItem) => item.kind !== 'star' && isWindowed(item.expression);

/** What was found in queries, which procedures run again and again. */
const aggregatedQueries = new WeakMap<Select, boolean>();
const windowedQueries = new WeakMap<Select, boolean>();

function remembered(known: WeakMap<Select, boolean>, select: Select, find: () => boolean): boolean {
  const found = known.get(select) ?? find();
  known.set(select, found);
  return found;
}

function isWindowed(node: unknown): boolean {
  if (typeof node !== 'object' || node === null || 'body' in node) return false;
  return 'over' in node || Object.values(node).some(isWindowed);
}

/** Aggregates of this query, not of its subqueries or windows. */
function hasAggregate(node: Expression): boolean {
  if (node.kind === 'call') {
    if (isAggregate(node.name) && !node.over) return true;
    return node.args.some(hasAggregate);
  }
  return Object.entries(node).some(([key, value]) => key !== 'query' && containsAggregate(value));
}

function containsAggregate(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(containsAggregate);
  if (typeof value !== 'object' || value === null) return false;
  if ('kind' in value && typeof value.kind === 'string')
    return value.kind !== 'query' && hasAggregate(value as Expression);
  return Object.values(value).some(containsAggregate);
}

/** FOR JSON: one nvarchar(max) value. Dotted aliases make nested objects (PATH). */
function forJson(context: Translation, outer: Scope, query: Query): TranslatedQuery {
  const { forJson: options, ...rest } = query;
  const inner = plain(context, outer, rest);
  checkNames(inner.columns, 'FOR JSON');
  const name = context.name('j');
  const list = inner.columns.map((_, index) => `c${index}`);
  const members = inner.columns.map((column, index) => jsonMember(column, `c${index}`));
  const spec = JSON.stringify(inner.columns.map((column) => column.name));
  const row = `ts_json_object(${context.bind(spec)},${options?.includeNulls ? 1 : 0},json_array(${members.join(',')}))`;
  const array = `group_concat(${row},',')`;
  const wrapped = options?.withoutArray ? array : `'['||${array}||']'`;
  const rooted =
    options?.root !== undefined
      ? `'{'||${context.bind(JSON.stringify(options.root))}||':'||${wrapped}||'}'`
      : wrapped;
  return {
    sql: `SELECT * FROM (WITH ${name}(${list.join(',')}) AS (${inner.sql}) SELECT ${rooted} FROM ${name} HAVING count(*) > 0)`,
    columns: [
      {
        name: 'JSON_F52E2B61-18A1-11d1-B105-00805F49916B',
        type: types.nvarcharMax,
        nullable: true,
      },
    ],
    single: true,
  };
}

function jsonMember(column: ResultColumn, sql: string): string {
  if (column.type.name === 'bit')
    return `CASE ${sql} WHEN 1 THEN json('true') WHEN 0 THEN json('false') END`;
  if (family(column.type) === 'decimal') {
    // Style 2: money has four decimals here, where its text has two.
    const text = { explicit: true, style: '2' };
    return `json(${convertSql({ sql, type: column.type, nullable: true }, types.nvarchar4000, text).sql})`;
  }
  if (family(column.type) === 'binary') return `hex(${sql})`;
  if (column.isJson) return `json(${sql})`;
  return sql;
}

export { selectSql as translateSelect };
