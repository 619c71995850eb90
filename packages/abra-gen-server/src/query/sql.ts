/** The SQL of one level: the dataset's own, its placeholders filled. */

import type { Dataset, Field } from '../definitions/shape.ts';
import { type Fragment, fragmentOf } from './conditions.ts';
import type { Level, OrderBy } from './query.ts';

export interface LevelSql {
  readonly text: string;
  /** One for each `?`; `:name` are the master's fields. */
  readonly parameters: readonly (string | number)[];
  /** What the columns are: the selected fields, then those that only levels below need. */
  readonly columns: readonly Field[];
  /** Names that the text binds as `:name`. */
  readonly masterFields: readonly string[];
}

/** @throws Refusal 400 for values that a condition does not take */
export function sqlOf(level: Level): LevelSql {
  const { dataset } = level;
  const columns = [...new Set([...level.select, ...fieldsForChildren(level)])];
  const fragments = level.where.map(fragmentOf);
  const keys = level.orderBy.map(orderOf);
  const expressions = [...columns.map(({ expression }) => expression), ...keys];
  const used = [dataset.sql, ...expressions, ...fragments.map(({ sql }) => sql)].join(' ');
  const fill: Record<string, string> = {
    FIELDS: columns.map(({ expression }) => expression).join(',') || '1',
    JOIN: joinsFor(dataset, used),
    WHERE: whereOf(dataset, fragments),
    ORDERBY: `ORDER BY ${[...keys, `${baseOf(dataset)}.rowid`].join(',')}`,
  };
  return {
    text: dataset.sql.replace(/\{(\w+)\}/g, (_, name: string) => fill[name] ?? ''),
    parameters: fragments.flatMap(({ parameters }) => parameters),
    columns,
    masterFields: masterFieldsOf(dataset),
  };
}

const masterFieldsOf = ({ masterfields }: Dataset): string[] =>
  masterfields.split(';').filter((name) => name !== '');

function fieldsForChildren({ dataset, children }: Level): Field[] {
  const names = children.flatMap((child) => masterFieldsOf(child.dataset));
  return dataset.fields.filter(({ fieldname }) => names.includes(fieldname));
}

/** The dataset's own WHERE, where it has one, is added to. */
function whereOf({ sql }: Dataset, fragments: readonly Fragment[]): string {
  if (fragments.length === 0) return '';
  const [before = ''] = sql.split('{WHERE}');
  const start = /\bWHERE\b/i.test(before) ? 'AND' : 'WHERE';
  return `${start} ${fragments.map((fragment) => `(${fragment.sql})`).join(' AND ')}`;
}

/** `{DIR}` is the direction; it also ends the key. */
function orderOf({ key, descending }: OrderBy): string {
  const direction = descending ? 'DESC' : 'ASC';
  const columns = key.sql.replace(/(\S+)\s+Collate\s+PXW_CSY/gi, 'czech_key($1)');
  return `${columns.replaceAll('{DIR}', direction)} ${direction}`;
}

/** Joins of the aliases that are used, and of those that these joins use. */
function joinsFor({ aliases }: Dataset, used: string): string {
  const needed = new Set<string>();
  const need = (sql: string) => {
    for (const { alias, joinsql } of aliases) {
      if (joinsql === '' || needed.has(alias) || !new RegExp(`\\b${alias}\\.`, 'i').test(sql))
        continue;
      needed.add(alias);
      need(joinsql.replace(/^.*\bON\b/i, ''));
    }
  };
  need(used);
  return aliases.flatMap(({ alias, joinsql }) => (needed.has(alias) ? [joinsql] : [])).join(' ');
}

const baseOf = ({ aliases }: Dataset) =>
  aliases.find(({ joinsql }) => joinsql === '')?.alias ?? 'A';
