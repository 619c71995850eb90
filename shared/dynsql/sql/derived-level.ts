/** A level over the rows of another, which are a table of its own: `SELECT … FROM (…) AS [__set]`. */

import type { LevelSql } from './level.ts';
import { orOne, ownList, sortList, sortsOf } from './level-lists.ts';
import type { Parameters } from './parameters.ts';

const set = '[__set]';

/** @param tail what comes after FROM, made for each statement anew; it sees the columns of the result */
export function derivedLevel(own: LevelSql, tail: (parameters: Parameters) => string): LevelSql {
  const inner = orOne([...ownList({ ...own, places: [] }), ...sortList(own)]);
  const sorts = sortsOf(own).map((sort, index) => ({ ...sort, sql: `${set}.[o${index}]` }));
  return {
    ...own,
    fields: own.fields.map((_, index) => `${set}.[c${index}]`),
    keys: new Map([...own.keys.keys()].map((name, index) => [name, `${set}.[m${index}]`])),
    sorts: sorts.slice(0, own.sorts.length),
    ties: sorts.slice(own.sorts.length),
    query(list, parameters, masterKey) {
      const rows = own.query(inner, parameters, masterKey);
      return `SELECT ${list.join(', ')} FROM (${rows}) AS ${set}${tail(parameters)}`;
    },
  };
}
