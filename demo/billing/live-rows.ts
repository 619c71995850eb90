/** Reads and changes live rows of one data source (for a dated entity: of one period). */

import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import type { Random } from 'stand-in-kit';
import { type EntityName, entityOf, type Row, type Value } from './entities.ts';
import { createInsert, type Insert } from './seed/insert.ts';
import type { SourceDatabase } from './sources.ts';
import { changes, compareKey, keyParameters, prepare, quoted, readNumber } from './sqlite.ts';
import { areaColumn, liveTable, sourceKey } from './tables.ts';

export interface LiveRows {
  /** A row picked at random among those whose columns equal `where`; undefined: there is none. */
  pick<Name extends EntityName>(
    name: Name,
    random: Random,
    where?: Partial<Row<Name>>,
  ): Row<Name> | undefined;
  insert: Insert;
  /** Sets columns of the row with the key of `row`; answers the number of rows, 0 or 1. */
  update<Name extends EntityName>(name: Name, row: Row<Name>, columns: Partial<Row<Name>>): number;
  remove<Name extends EntityName>(name: Name, row: Row<Name>): number;
}

export function createLiveRows(
  database: DatabaseSync,
  { system }: SourceDatabase,
  code: string,
  period: string,
): LiveRows {
  const owner = (name: EntityName): Record<string, SQLInputValue> => {
    const area = areaColumn(name, system);
    return area ? { [area]: code } : {};
  };

  /** A WHERE clause for the row's whole key, and its values. */
  function byKey(name: EntityName, row: Record<string, Value>) {
    const key = sourceKey(name, areaColumn(name, system));
    return {
      where: `WHERE ${compareKey(key, quoted(liveTable(name)), '=', 'key')}`,
      values: keyParameters(key, 'key', { ...owner(name), ...row }),
    };
  }

  return {
    pick<Name extends EntityName>(name: Name, random: Random, where: Partial<Row<Name>> = {}) {
      const wanted: Record<string, SQLInputValue> = {
        ...owner(name),
        ...(entityOf(name).dated && { period }),
        ...(where as Record<string, Value>),
      };
      const conditions = ['TRUE', ...Object.keys(wanted).map((c) => `${quoted(c)} = :${c}`)];
      const from = `FROM ${quoted(liveTable(name))} WHERE ${conditions.join(' AND ')}`;
      const count = readNumber(database, `SELECT count(*) ${from}`, wanted);
      if (count === 0) return undefined;
      const offset = random.integer(0, count - 1);
      const found = prepare(database, `SELECT * ${from} LIMIT 1 OFFSET :offset`);
      return found.get({ ...wanted, offset }) as Row<Name> | undefined;
    },
    insert: createInsert(database, system, code),
    update(name, row, columns) {
      const { where, values } = byKey(name, row);
      const set = Object.keys(columns).map((column) => `${quoted(column)} = :${column}`);
      return changes(
        prepare(database, `UPDATE ${quoted(liveTable(name))} SET ${set.join(', ')} ${where}`).run({
          ...(columns as Record<string, Value>),
          ...values,
        }),
      );
    },
    remove(name, row) {
      const { where, values } = byKey(name, row);
      return changes(
        prepare(database, `DELETE FROM ${quoted(liveTable(name))} ${where}`).run(values),
      );
    },
  };
}
