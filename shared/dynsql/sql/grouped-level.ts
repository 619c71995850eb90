/**
 * A level of groups in place of rows: those that are equal in some fields are one, and each other field
 * is put together as it says. Without any to be equal in, all rows are one.
 */

import type { CheckedLevel } from '../definition.ts';
import type { Field, OrderKey } from '../language/definition.ts';
import { foldName } from '../name.ts';
import { type LevelSql, levelSql, namedField, type Sort } from './level.ts';
import { named, orOne } from './level-lists.ts';
import { fieldExpression, keyItems, sameSql } from './sql-text.ts';
import { textOf, withKnownCollations } from './sql-tokens.ts';
import { comparableSql } from './sql-words.ts';

const set = '[__set]';

export function groupedLevel(level: CheckedLevel, by: readonly Field[]): LevelSql {
  const all = [...new Set([...by, ...level.fields])];
  const rows = levelSql({ ...level, fields: all, order: [], children: [], groupedBy: undefined });
  const inner = all.map((field, index) => {
    const text = by.includes(field) ? groupable(field) : undefined;
    return text ?? rows.fields[index] ?? '';
  });
  const columnOf = (field: Field): string => {
    const column = `${set}.[c${all.indexOf(field)}]`;
    return by.includes(field) ? column : aggregateSql(field, column);
  };
  const asked = level.order.flatMap(({ key, descending }) =>
    keyItems(key.sql, descending).flatMap((item) => {
      const field = fieldOfKey(item, level, by);
      if (field === undefined) return [];
      const { collation, descending: isDown } = item;
      return [{ sql: columnOf(field), collation, descending: isDown }];
    }),
  );
  const plain = by.map((field) => ({
    ...{ sql: columnOf(field), collation: undefined, descending: false },
  }));
  const masterFields = level.children.flatMap(({ dataset }) => dataset.masterFields);
  return {
    ...rows,
    level,
    fields: level.fields.map(columnOf),
    keys: new Map(
      masterFields.flatMap((name) => {
        const field = by.find(({ fieldname }) => foldName(fieldname) === foldName(name));
        return field === undefined ? [] : [[foldName(name), columnOf(field)] as const];
      }),
    ),
    sorts: once([...asked, ...plain]),
    ties: [],
    isUnique: true,
    query(list, parameters, masterKey) {
      const from = rows.query(orOne(named(inner, 'c')), parameters, masterKey);
      const columns = by.map(columnOf).join(', ');
      const groups = columns === '' ? 'HAVING COUNT(*) >= 0' : `GROUP BY ${columns}`;
      return `SELECT ${list.join(', ')} FROM (${from}) AS ${set} ${groups}`;
    },
  };
}

/** SQL of a field as it is compared; undefined: it cannot be. */
export function groupable({ expression, datatype }: Field): string | undefined {
  const tokens = withKnownCollations(fieldExpression(expression));
  const [comparable] = comparableSql(tokens, datatype);
  return comparable && textOf(comparable);
}

/** Whether groups can be sorted by the key: by fields that are selected, or that they are equal in. */
export const sortsGroups = (
  { sql }: OrderKey,
  level: Pick<CheckedLevel, 'dataset' | 'fields'>,
  by: readonly Field[],
): boolean => keyItems(sql, false).every((item) => fieldOfKey(item, level, by) !== undefined);

type KeyItem = ReturnType<typeof keyItems>[number];

function fieldOfKey(
  item: KeyItem,
  { dataset, fields }: Pick<CheckedLevel, 'dataset' | 'fields'>,
  by: readonly Field[],
): Field | undefined {
  const expressionOf = (name: string) => {
    const field = dataset.fields.get(foldName(name));
    return field === undefined ? [] : fieldExpression(field.expression);
  };
  const sql = sameSql(namedField(item, expressionOf).expression);
  return [...by, ...fields].find(({ expression }) => sameSql(fieldExpression(expression)) === sql);
}

/** Whole numbers are added as decimals: SQL Server adds int to int, which may not hold the sum. */
function aggregateSql({ aggregate, datatype }: Field, column: string): string {
  const isWhole = datatype.toLowerCase() === 'dtinteger';
  switch (aggregate) {
    case 'count':
      return `COUNT_BIG(${column})`;
    case 'sum':
      return isWhole ? `SUM(CAST(${column} AS decimal(38, 0)))` : `SUM(${column})`;
    case 'avg':
      return isWhole ? `AVG(CAST(${column} AS decimal(28, 6)))` : `AVG(${column})`;
    case 'min':
      return `MIN(${column})`;
    default:
      return `MAX(${column})`;
  }
}

function once(sorts: readonly Sort[]): Sort[] {
  const seen = new Set<string>();
  return sorts.filter(({ sql }) => {
    const isNew = !seen.has(sql);
    seen.add(sql);
    return isNew;
  });
}
