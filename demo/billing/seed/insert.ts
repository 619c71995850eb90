/** Typed rows into the live tables of a source database. */

import type { DatabaseSync } from 'node:sqlite';
import { columnsOf, type EntityName, type Row, type Value } from '../entities.ts';
import type { System } from '../sources.ts';
import { list, quoted } from '../sqlite.ts';
import { areaColumn, liveTable } from '../tables.ts';

export type Insert = <Name extends EntityName>(name: Name, row: Row<Name>) => void;

/** Rows are those of `code`; an entity that HCS keeps for all areas at once belongs to none. */
export function createInsert(database: DatabaseSync, system: System, code: string): Insert {
  const inserts = new Map<EntityName, (row: Record<string, Value>) => void>();

  function prepareInsert(name: EntityName) {
    const area = areaColumn(name, system);
    const columns = columnsOf(name);
    const all = area ? [area, ...columns] : columns;
    const statement = database.prepare(
      `INSERT INTO ${quoted(liveTable(name))} (${list(all)}) VALUES (${all.map(() => '?').join(', ')})`,
    );
    const owner = area ? [code] : [];
    return (row: Record<string, Value>) => {
      statement.run(...owner, ...columns.map((column) => row[column] ?? null));
    };
  }

  return (name, row) => {
    let insert = inserts.get(name);
    if (!insert) {
      insert = prepareInsert(name);
      inserts.set(name, insert);
    }
    insert(row);
  };
}
