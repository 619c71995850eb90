/** FROM: tables, views, derived tables, joins, APPLY. */

import { errors } from '../errors.ts';
import type { StoredTable } from '../storage/model.ts';
import type { Condition, Expression, Name, TableSource } from '../syntax/ast.ts';
import { toStored } from '../values/stored.ts';
import { family, sqlType, types } from '../values/types.ts';
import { commonOf, constantValue } from './calls.ts';
import { conditionSql } from './condition.ts';
import {
  emptyScope,
  quoteName,
  type ResultColumn,
  type Scope,
  type ScopeSource,
  type TranslatedQuery,
  type Translation,
} from './context.ts';
import { convertSql } from './convert-sql.ts';
import { gather } from './gather.ts';
import { type FunctionColumn, hasManyMembers, openJsonSql } from './open-json.ts';

/** Hints that make a reader wait for writers: here a reader can only do so as a writer. */
const lockingHints = new Set([
  'HOLDLOCK',
  'SERIALIZABLE',
  'REPEATABLEREAD',
  'UPDLOCK',
  'XLOCK',
  'TABLOCKX',
]);

/**
 * Adds the sources to `scope` and returns what stands after SQLite's FROM.
 *
 * @param where conditions of the query: those that are met in FROM already are taken out
 */
export function fromSql(
  context: Translation,
  scope: Scope,
  sources: TableSource[],
  where: Condition[] = [],
): string {
  return sources.map((source) => sourceSql(context, scope, source, where)).join(', ');
}

function sourceSql(
  context: Translation,
  scope: Scope,
  source: TableSource,
  where: Condition[] = [],
): string {
  switch (source.kind) {
    case 'table':
      if (source.hints.some((hint) => lockingHints.has(hint))) context.locks = true;
      return namedSql(context, scope, source.name, source.alias);
    case 'tableVariable':
      return tableSql(
        context,
        scope,
        context.environment.tableVariable(source.name),
        source.alias ?? source.name,
        true,
      );
    case 'derived':
      return derivedSql(
        context,
        scope,
        context.query(source.query, around(scope)),
        source.alias,
        source.columns,
      );
    case 'values':
      return derivedSql(
        context,
        scope,
        valuesQuery(context, around(scope), source.rows, source.columns),
        source.alias,
        source.columns,
      );
    case 'function':
      return functionSql(context, scope, source);
    case 'join':
      return joinSql(context, scope, source, where);
  }
}

/** What a derived table sees: queries around this one and its common tables, not its neighbours. */
function around(scope: Scope): Scope {
  const outer = emptyScope(scope.parent);
  outer.common = scope.common;
  return outer;
}

export function addSource(scope: Scope, source: ScopeSource): void {
  const taken = scope.sources.find(
    (other) =>
      other.alias.toLowerCase() === source.alias.toLowerCase() &&
      (other.schema ?? '').toLowerCase() === (source.schema ?? '').toLowerCase() &&
      other.database === source.database,
  );
  if (taken && source.alias !== '') {
    throw source.schema === undefined
      ? errors.duplicateAlias(source.alias)
      : errors.duplicateExposed(source.alias, source.alias);
  }
  scope.sources.push(source);
}

function namedSql(
  context: Translation,
  scope: Scope,
  name: Name,
  alias: string | undefined,
): string {
  const [only] = name;
  if (name.length === 1 && only !== undefined) {
    for (let current: Scope | undefined = scope; current; current = current.parent) {
      const common = current.common.get(only.toLowerCase());
      if (!common) continue;
      const sqlAlias = context.name('s');
      addSource(scope, {
        alias: alias ?? only,
        columns: columnsOf(sqlAlias, common.columns),
      });
      return `${common.sqlName} AS ${sqlAlias}`;
    }
  }
  const relation = context.environment.relation(name);
  if (relation.kind === 'table')
    return tableSql(
      context,
      scope,
      relation.table,
      alias ?? relation.table.name,
      alias !== undefined,
    );
  if (relation.kind === 'view') {
    if (++context.depth > 32) throw errors.nestingLimit();
    const query = context.query(relation.query);
    context.depth--;
    return derivedSql(
      context,
      scope,
      query,
      alias ?? relation.name,
      relation.columns,
      alias === undefined ? relation.schema : undefined,
    );
  }
  return derivedSql(
    context,
    scope,
    rowsQuery(context, relation.columns, relation.rows),
    alias ?? relation.name,
    undefined,
    alias === undefined ? name.at(-2) : undefined,
  );
}

function tableSql(
  context: Translation,
  scope: Scope,
  table: StoredTable,
  alias: string,
  hasAlias: boolean,
): string {
  const sqlAlias = context.name('s');
  addSource(scope, {
    alias,
    ...(!hasAlias && { schema: table.schema, database: table.database }),
    columns: columnsOf(sqlAlias, withKeys(table)),
    rowId: `${sqlAlias}.rowid`,
    table,
  });
  return `${table.sql} AS ${sqlAlias}`;
}

function withKeys({ columns, keys }: StoredTable): ResultColumn[] {
  const names = new Set(keys.flatMap((key) => key.columns.map(({ name }) => name.toLowerCase())));
  return columns.map((column) => ({ ...column, inKey: names.has(column.name.toLowerCase()) }));
}

function columnsOf(sqlAlias: string, columns: readonly ResultColumn[]) {
  return columns.map(({ name, type, nullable, collation, inKey = false }) => ({
    name,
    type,
    nullable,
    ...(collation !== undefined && { collation }),
    inKey,
    sql: `${sqlAlias}.${quoteName(name)}`,
  }));
}

/** Columns of a derived table go by number in SQLite: names may repeat or be empty until checked. */
function derivedSql(
  context: Translation,
  scope: Scope,
  query: TranslatedQuery,
  alias: string,
  names?: string[],
  schema?: string,
): string {
  if (names && names.length < query.columns.length) throw errors.columnListMismatch(alias);
  if (names && names.length > query.columns.length) throw errors.columnListLonger(alias);
  const columns = query.columns.map((column, index) => ({
    ...column,
    name: names?.[index] ?? column.name,
  }));
  checkNames(columns, alias);
  const sqlAlias = context.name('s');
  addSource(scope, {
    alias,
    ...(schema !== undefined && { schema, database: '' }),
    columns: columnsOf(sqlAlias, columns),
  });
  const list = columns.map((column) => quoteName(column.name)).join(',');
  const inner = context.name('d');
  return `(WITH ${inner}(${list}) AS (${query.sql}) SELECT * FROM ${inner}) AS ${sqlAlias}`;
}

/** @throws 8155, 8156 */
export function checkNames(columns: readonly ResultColumn[], alias: string): void {
  const seen = new Set<string>();
  columns.forEach(({ name }, index) => {
    if (name === '') throw errors.unnamedColumn(index + 1, alias);
    if (seen.has(name.toLowerCase())) throw errors.columnSpecifiedTwice(name, alias);
    seen.add(name.toLowerCase());
  });
}

function valuesQuery(
  context: Translation,
  scope: Scope,
  rows: Expression[][],
  names: string[],
): TranslatedQuery {
  const width = rows[0]?.length ?? 0;
  if (rows.some((row) => row.length !== width)) throw errors.rowLengths();
  const values = rows.map((row) => row.map((node) => context.expression(scope, node)));
  const columns = Array.from({ length: width }, (_, index): ResultColumn => {
    const own = values.flatMap((row) => row[index] ?? []);
    return {
      name: names[index] ?? '',
      type: commonOf(own),
      nullable: own.some((value) => value.nullable),
    };
  });
  const sql = values.map(
    (row) =>
      `(${row.map((value, index) => convertSql(value, columns[index]?.type ?? types.int).sql).join(',')})`,
  );
  return { sql: `VALUES ${sql.join(',')}`, columns, single: rows.length === 1 };
}

/** Rows that we made ourselves (catalogue views) travel as one JSON parameter. */
function rowsQuery(
  context: Translation,
  columns: ResultColumn[],
  rows: readonly (readonly unknown[])[],
): TranslatedQuery {
  const stored = rows.map((row) =>
    row.map((value, index) => {
      const raw = toStored(value as null, columns[index]?.type ?? types.int);
      // JSON knows no bytes: they travel as hexadecimal digits.
      if (raw instanceof Uint8Array) return Buffer.from(raw).toString('hex');
      return typeof raw === 'bigint' ? Number(raw) : raw;
    }),
  );
  const list = columns.map(({ name, type }, index) => {
    const value = `json_extract(value,'$[${index}]')`;
    return `${family(type) === 'binary' ? `unhex(${value})` : value} AS ${quoteName(name)}`;
  });
  return {
    sql: `SELECT ${list.join(',')} FROM json_each(${context.bind(JSON.stringify(stored))})`,
    columns,
    single: false,
  };
}

function joinSql(
  context: Translation,
  scope: Scope,
  source: Extract<TableSource, { kind: 'join' }>,
  where: Condition[],
): string {
  const first = scope.sources.length;
  const keepsRows = source.join !== 'RIGHT' && source.join !== 'FULL';
  const left = sourceSql(context, scope, source.left, keepsRows ? where : []);
  if (source.join === 'CROSS APPLY' || source.join === 'OUTER APPLY')
    return applySql(context, scope, left, source, (from) =>
      gather(context, scope, from, scope.sources.slice(first), where),
    );
  const before = scope.sources.length;
  const rightSql = sourceSql(context, scope, source.right);
  const right = source.right.kind === 'join' ? `(${rightSql})` : rightSql;
  if (source.join === 'CROSS' || !source.on) return `${left} CROSS JOIN ${right}`;
  const on = conditionSql(context, scope, source.on);
  const outerLeft = source.join === 'RIGHT' || source.join === 'FULL';
  const outerRight = source.join === 'LEFT' || source.join === 'FULL';
  scope.sources.forEach((joined, index) => {
    if (index < before ? outerLeft : outerRight)
      joined.columns = joined.columns.map((column) => ({ ...column, nullable: true }));
  });
  return `${left} ${source.join} JOIN ${right} ON ${on}`;
}

/**
 * SQLite has no lateral subqueries, but a table function's arguments see the tables before it:
 * the applied query becomes a JSON array that json_each takes apart again.
 */
function applySql(
  context: Translation,
  scope: Scope,
  left: string,
  source: Extract<TableSource, { kind: 'join' }>,
  gathered: (from: string) => string,
): string {
  const { right } = source;
  const join = source.join === 'OUTER APPLY' ? 'LEFT JOIN' : 'JOIN';
  const on = ' ON 1';
  if (right.kind === 'function') {
    const before = scope.sources.length;
    const sql = `${left} ${join} ${functionSql(context, scope, right)}${on}`;
    if (source.join === 'OUTER APPLY') makeNullable(scope.sources.slice(before));
    return hasManyMembers(right) ? gathered(sql) : sql;
  }
  if (right.kind !== 'derived' && right.kind !== 'values') {
    return `${left} ${join} ${sourceSql(context, scope, right)}${on}`;
  }
  const query =
    right.kind === 'derived'
      ? context.query(right.query, scope)
      : valuesQuery(context, scope, right.rows, right.columns);
  const columns = query.columns.map((column, index) => ({
    ...column,
    name: right.columns?.[index] ?? column.name,
    nullable: column.nullable || source.join === 'OUTER APPLY',
  }));
  checkNames(columns, right.alias);
  const { values } = query;
  if (values) {
    const own = columns.map((column, index) => ({ ...column, sql: values[index] ?? 'NULL' }));
    addSource(scope, { alias: right.alias, columns: own });
    return gathered(left);
  }
  const inner = context.name('d');
  const names = columns.map((_, index) => `c${index}`);
  const packed = columns.map(({ type }, index) =>
    family(type) === 'binary' ? `hex(c${index})` : `c${index}`,
  );
  const sqlAlias = context.name('s');
  const json = `(WITH ${inner}(${names.join(',')}) AS (${query.sql}) SELECT jsonb_group_array(jsonb_array(${packed.join(',')})) FROM ${inner})`;
  addSource(scope, {
    alias: right.alias,
    columns: columns.map((column, index) => {
      const extracted = `json_extract(${sqlAlias}.value,'$[${index}]')`;
      return {
        ...column,
        sql: family(column.type) === 'binary' ? `unhex(${extracted})` : extracted,
      };
    }),
  });
  return `${left} ${join} jsonb_each(${json}) AS ${sqlAlias}${on}`;
}

function makeNullable(sources: ScopeSource[]): void {
  for (const source of sources)
    source.columns = source.columns.map((column) => ({ ...column, nullable: true }));
}

/** OPENJSON and STRING_SPLIT. */
function functionSql(
  context: Translation,
  scope: Scope,
  source: Extract<TableSource, { kind: 'function' }>,
): string {
  const name = source.name.at(-1)?.toUpperCase() ?? '';
  const sqlAlias = context.name('s');
  const add = (columns: FunctionColumn[], from: string) => {
    const named = columns.map((column, index) => ({
      ...column,
      name: source.columns?.[index] ?? column.name,
      nullable: true,
    }));
    addSource(scope, { alias: source.alias ?? name, columns: named });
    return `${from} AS ${sqlAlias}`;
  };
  const known = source.args.map((node) => constantValue(context, node) ?? null);
  const listed = context.environment.catalogFunction(name, known);
  if (listed?.kind === 'rows') {
    const query = rowsQuery(context, listed.columns, listed.rows);
    return derivedSql(context, scope, query, source.alias ?? name, source.columns);
  }
  if (context.environment.compatibilityLevel() < 130) {
    throw errors.invalidObject(source.name.join('.'));
  }
  if (name === 'OPENJSON') {
    const { columns, from } = openJsonSql(context, scope, source, sqlAlias);
    return add(columns, from);
  }
  if (name === 'STRING_SPLIT') {
    const args = source.args.map((node) => context.expression(scope, node));
    const text = (index: number) =>
      args[index] && convertSql(args[index], types.nvarcharMax, { explicit: true }).sql;
    const [value, separator] = [text(0), text(1)];
    if (!value || !separator) throw errors.argumentRange('STRING_SPLIT', 2, 3);
    const type = sqlType('nvarchar', args[0]?.type.length ?? 4000);
    return add(
      [{ name: 'value', type, sql: `${sqlAlias}.value` }],
      `json_each(ts_split(${value},${separator}))`,
    );
  }
  throw errors.invalidObject(source.name.join('.'));
}
