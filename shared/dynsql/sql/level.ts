/** The SQL of one dataset as its level of a query needs it, before levels are put together. */

import type { CheckedCondition, CheckedLevel } from '../definition.ts';
import { namesIn } from '../language/short-lists.ts';
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
    const field = known.get(name.toLowerCase());
    return field === undefined ? [] : plain(fieldExpression(field.expression));
  };
  const fields = level.fields.map(({ expression }) => plain(fieldExpression(expression)));
  const keys = new Map(
    level.children.flatMap((child) =>
      child.dataset.masterFields.map((name) => [name.toUpperCase(), expressionOf(name)] as const),
    ),
  );
  const unique = namesIn(document.uniquefields || (known.has('id') ? 'ID' : ''));
  const asked = level.order.flatMap(({ key, descending }) => keyItems(key.sql, descending));
  const sorts = distinct([
    ...[...asked, ...parts.order].map((item) => namedField(item, expressionOf)),
    ...[...unique.map(expressionOf), ...keys.values()].map(ascending),
  ]);
  const ties = unique.length > 0 ? [] : distinct(fields.map(ascending), sorts);
  const mentioned = [
    ...fields,
    ...keys.values(),
    ...[...sorts, ...ties].map((item) => item.expression),
  ];
  const conditions = level.conditions.map((condition) => ({
    condition,
    tokens: fragmentTokens(condition.fragment, condition.condition),
  }));
  const joins = joinsFor(level, [...mentioned, ...conditions.map(({ tokens }) => tokens)], parts);
  return {
    level,
    fields: fields.map(textOf),
    keys: new Map([...keys].map(([name, tokens]) => [name, textOf(tokens)])),
    sorts: sorts.map(sortOf),
    ties: ties.map(sortOf),
    query: (list, parameters, masterKey) =>
      queryText(parts, {
        list,
        joins,
        conditions: conditions.map(({ condition, tokens }) =>
          conditionText(condition, tokens, parameters),
        ),
        masterKey,
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
function namedField(item: OrderItem, expressionOf: (name: string) => readonly Token[]): OrderItem {
  const [only, second] = item.expression;
  if (only === undefined || second !== undefined) return item;
  const expression = expressionOf(only.name);
  return expression.length > 0 && only.kind === 'word' ? { ...item, expression } : item;
}

/** Each expression once, at its first place: SQL Server refuses to sort by a column twice. */
function distinct(items: readonly OrderItem[], before: readonly OrderItem[] = []): OrderItem[] {
  const seen = new Set(before.map(({ expression }) => sameSql(expression)));
  return items.filter(({ expression }) => {
    const sql = sameSql(expression);
    if (expression.length === 0 || seen.has(sql)) return false;
    seen.add(sql);
    return true;
  });
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
      const own = aliases.find(({ alias }) => alias.toUpperCase() === name);
      if (own !== undefined) need(tokensOf(own.joinsql));
    }
  };
  for (const tokens of [...used, parts.body]) need(tokens);
  return aliases
    .filter(({ alias, joinsql }) => joinsql !== '' && needed.has(alias.toUpperCase()))
    .map(({ joinsql }) => textOf(plain(tokensOf(joinsql))))
    .join(' ');
}

function conditionText(
  { values }: CheckedCondition,
  tokens: readonly Token[],
  parameters: Parameters,
): string {
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
  joins: string;
  conditions: readonly string[];
  masterKey: (name: string) => string;
}

function queryText(parts: DatasetSql, filling: Filling): string {
  const { list, joins, conditions, masterKey } = filling;
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
  return text.join('').trim();
}
