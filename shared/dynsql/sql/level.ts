/** The SQL of one dataset as its level of a query needs it, before levels are put together. */

import type { CheckedCondition, CheckedLevel, CheckedWhere } from '../definition.ts';
import { namesIn } from '../language/short-lists.ts';
import { foldName } from '../name.ts';
import { fragmentTokens } from './fragment.ts';
import type { Parameters } from './parameters.ts';
import {
  type DatasetSql,
  datasetSql,
  fieldExpression,
  hasOwnWhere,
  keyItems,
  type OrderItem,
  sameSql,
} from './sql-text.ts';
import { qualifiers, type Token, textOf, tokensOf, withKnownCollations } from './sql-tokens.ts';
import { comparableSql, isConstant } from './sql-words.ts';

/** Names that no alias of a definition has. */
export const masterAlias = '[__master]';

/** An expression to sort by, without its direction. */
export interface Sort {
  readonly sql: string;
  readonly collation: string | undefined;
  readonly descending: boolean;
}

/** What one level selects. Built once, put into every statement that the level is part of. */
export interface LevelSql {
  readonly level: CheckedLevel;
  /** Expressions of the selected fields. */
  readonly fields: readonly string[];
  /** Fields that children refer to as `:name`, by name in upper case. */
  readonly keys: ReadonlyMap<string, string>;
  /**
   * What rows are numbered by, the same in every statement. Rows that are equal in all of it have
   * the same children, so that their places may change.
   */
  readonly sorts: readonly Sort[];
  /** What makes the order of the level's own statement complete, after `sorts`. */
  readonly ties: readonly Sort[];
  /** No two rows are equal in all of `sorts` and `ties`. */
  readonly isUnique: boolean;
  /** Of a level that is read page by page: what `sorts` and `ties` sort by, selected, too. */
  readonly places: readonly string[];
  /** Common table expressions of the dataset's own, without WITH; empty where there are none. */
  readonly tables: string;
  /** The dataset's query: `list` after SELECT, `:name` as columns of the master. */
  query(
    list: readonly string[],
    parameters: Parameters,
    masterKey: (name: string) => string,
  ): string;
}

export function levelSql(level: CheckedLevel): LevelSql {
  const { document, fields: known } = level.dataset;
  const parts = datasetSql(document.sql);
  const expressionOf = (name: string): readonly Token[] => {
    const field = known.get(foldName(name));
    return field === undefined ? [] : plain(fieldExpression(field.expression));
  };
  const fields = level.fields.map(({ expression }) => plain(fieldExpression(expression)));
  const keys = new Map(
    level.children.flatMap((child) =>
      child.dataset.masterFields.map((name) => [foldName(name), expressionOf(name)] as const),
    ),
  );
  // Of rows that are told apart by what is selected, nothing else is to count.
  const unique = parts.isDistinct
    ? []
    : namesIn(document.uniquefields || (known.has('ID') ? 'ID' : ''));
  const asked = level.order.flatMap(({ key, descending }) => keyItems(key.sql, descending));
  const sorts = distinct([
    ...[...asked, ...parts.order].map((item) => namedField(item, expressionOf)),
    ...[...unique.map(expressionOf), ...keys.values()].map(ascending),
  ]);
  const comparable = level.fields.flatMap(({ expression, datatype }) =>
    comparableSql(plain(fieldExpression(expression)), datatype),
  );
  const ties = unique.length > 0 ? [] : distinct(comparable.map(ascending), sorts);
  const mentioned = [
    ...fields,
    ...keys.values(),
    ...[...sorts, ...ties].map((item) => item.expression),
  ];
  const conditionTokens = singleConditions(level.conditions).map((condition) =>
    fragmentTokens(condition.fragment, condition.condition),
  );
  // Rows are numbered in statements of their own, which DISTINCT would tell apart by the number.
  const groups = parts.isDistinct
    ? distinct([...[...fields, ...keys.values()].map(ascending), ...sorts, ...ties])
    : undefined;
  const joins = joinsFor(level, [...mentioned, ...conditionTokens], parts);
  return {
    level,
    fields: fields.map(textOf),
    keys: new Map([...keys].map(([name, tokens]) => [name, textOf(tokens)])),
    sorts: sorts.map(sortOf),
    ties: ties.map(sortOf),
    isUnique: unique.length > 0 || parts.isDistinct,
    places: [],
    tables: textOf(plain(parts.tables)),
    query: (list, parameters, masterKey) =>
      queryText(parts, {
        list,
        joins,
        conditions: level.conditions.map((where) => whereText(where, parameters)),
        masterKey,
        groups,
      }),
  };
}

const plain = (tokens: readonly Token[]): Token[] => withKnownCollations(tokens);

const ascending = (expression: readonly Token[]): OrderItem => ({
  expression,
  collation: undefined,
  descending: false,
});

/** ORDER BY may use a field's name; elsewhere its expression must be written out. */
export function namedField(
  item: OrderItem,
  expressionOf: (name: string) => readonly Token[],
): OrderItem {
  const [only, second] = item.expression;
  if (only === undefined || second !== undefined) return item;
  const expression = expressionOf(only.name);
  return expression.length > 0 && only.kind === 'word' ? { ...item, expression } : item;
}

/**
 * Each expression once, at its first place: SQL Server refuses to sort by a column twice, and by
 * what is the same for all rows.
 */
function distinct(items: readonly OrderItem[], before: readonly OrderItem[] = []): OrderItem[] {
  const seen = new Set(before.flatMap((item) => columnNames(item).own));
  return items.filter((item) => {
    const { own, others } = columnNames(item);
    if (isConstant(item.expression) || others.some((name) => seen.has(name))) return false;
    for (const name of own) seen.add(name);
    return true;
  });
}

/**
 * By what an expression is known, and by what the same column may be: `ID` alone is the `A.ID` of
 * whatever table has it, since with two of them it would be refused as ambiguous.
 */
function columnNames({ expression }: OrderItem): { own: string[]; others: string[] } {
  const sql = sameSql(expression);
  const [, table, column = ''] = /^(\S+ \. )?([^\s.]+)$/.exec(sql) ?? [];
  if (column === '') return { own: [sql], others: [sql] };
  if (table === undefined) return { own: [sql], others: [sql, `. ${column}`] };
  return { own: [sql, `. ${column}`], others: [sql, column] };
}

const sortOf = ({ expression, collation, descending }: OrderItem): Sort => ({
  sql: textOf(plain(expression)),
  collation: collation === undefined ? undefined : knownCollation(collation),
  descending,
});

const knownCollation = (name: string): string =>
  textOf(withKnownCollations(tokensOf(`COLLATE ${name}`)).slice(-1));

/** The joins of the aliases that are used, and of those that their own joins use. */
function joinsFor(
  { dataset }: CheckedLevel,
  used: readonly (readonly Token[])[],
  parts: DatasetSql,
): string {
  const aliases = dataset.document.aliases;
  const needed = new Set<string>();
  const need = (tokens: readonly Token[]) => {
    for (const name of qualifiers(tokens)) {
      if (needed.has(name)) continue;
      needed.add(name);
      const own = aliases.find(({ alias }) => foldName(alias) === name);
      if (own !== undefined) need(tokensOf(own.joinsql));
    }
  };
  for (const tokens of [...used, parts.body]) need(tokens);
  return aliases
    .filter(({ alias, joinsql }) => joinsql !== '' && needed.has(foldName(alias)))
    .map(({ joinsql }) => textOf(plain(tokensOf(joinsql))))
    .join(' ');
}

function singleConditions(conditions: readonly CheckedWhere[]): CheckedCondition[] {
  return conditions.flatMap((where) => {
    if ('fragment' in where) return [where];
    if ('not' in where) return singleConditions([where.not]);
    return singleConditions('all' in where ? where.all : where.any);
  });
}

/** In parentheses. What NULL makes neither true nor false is not fulfilled, so that `not` gives it. */
function whereText(where: CheckedWhere, parameters: Parameters): string {
  if ('fragment' in where) return conditionText(where, parameters);
  if ('not' in where)
    return `(CASE WHEN ${whereText(where.not, parameters)} THEN 0 ELSE 1 END = 1)`;
  const [all, word] = 'all' in where ? [where.all, ' AND '] : [where.any, ' OR '];
  return `(${all.map((one) => whereText(one, parameters)).join(word)})`;
}

function conditionText(
  { condition, fragment, values }: CheckedCondition,
  parameters: Parameters,
): string {
  const tokens = fragmentTokens(fragment, condition);
  const used = new Map<string, string>();
  const text = plain(tokens).map((token) => {
    if (token.kind !== 'placeholder') return token.text;
    const value = values[token.name];
    if (value === undefined) return token.text;
    const sql = used.get(token.name) ?? parameters.add(value);
    used.set(token.name, sql);
    return sql;
  });
  return `(${text.join('')})`;
}

interface Filling {
  list: readonly string[];
  /** Of a dataset that is DISTINCT: by what its rows are told apart. */
  groups: readonly OrderItem[] | undefined;
  joins: string;
  conditions: readonly string[];
  masterKey: (name: string) => string;
}

function queryText(parts: DatasetSql, filling: Filling): string {
  const { list, joins, conditions, masterKey, groups } = filling;
  const conjunction = conditions.join(' AND ');
  const where =
    conjunction === '' ? '' : `${hasOwnWhere(parts.body) ? 'AND' : 'WHERE'} ${conjunction}`;
  const fill: Readonly<Record<string, string>> = {
    FIELDS: list.join(', '),
    JOIN: joins,
    WHERE: where,
  };
  const text = plain(parts.body).map((token) => {
    if (token.kind === 'bind') return masterKey(token.name);
    if (token.kind === 'space') return ' ';
    return token.kind === 'placeholder' ? (fill[token.name] ?? token.text) : token.text;
  });
  return `${text.join('').trim()}${groups === undefined ? '' : groupText(groups)}`;
}

/** One row where there are any, if nothing tells them apart. */
function groupText(groups: readonly OrderItem[]): string {
  if (groups.length === 0) return ' HAVING COUNT(*) > 0';
  return ` GROUP BY ${groups.map(({ expression }) => textOf(expression)).join(', ')}`;
}
