/** Which foreign key a statement violated: SQLite only says that one was. */

import { errors } from '../errors.ts';
import type { Connection } from '../storage/connection.ts';
import {
  quoteName,
  type StoredForeignKey,
  type StoredTable,
  sqliteName,
} from '../storage/model.ts';
import type { Stored } from '../values/stored.ts';

const violated = 787;

/**
 * Runs `work`; when a foreign key stops it, runs the statement once more with the check put off,
 * looks at what is broken, and undoes it.
 * @throws 547 naming key, table and column
 */
export function foreignKeyGuard<T>(
  connection: Connection,
  table: StoredTable,
  verb: string,
  sql: string,
  parameters: readonly Stored[],
  work: () => T,
): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof Error && 'errcode' in error && error.errcode === violated)) throw error;
    const found = diagnose(connection, table, sql, parameters);
    if (!found) throw error;
    const { holder, key } = found;
    const isReference = holder.id !== table.id || verb === 'DELETE';
    const shown = isReference
      ? holder
      : connection.catalog
          .tables()
          .find(
            (other) =>
              sqliteName(other.schema, other.name).toLowerCase() === key.table.toLowerCase(),
          );
    const column = isReference ? key.columns : key.references;
    const place = column.length === 1 ? `, column '${column[0]}'` : '';
    throw errors.constraintConflict(
      verb,
      isReference ? 'REFERENCE' : 'FOREIGN KEY',
      key.name,
      table.database,
      shown ? `${shown.schema}.${shown.name}` : key.table,
      place,
    );
  }
}

function diagnose(
  connection: Connection,
  table: StoredTable,
  sql: string,
  parameters: readonly Stored[],
): { holder: StoredTable; key: StoredForeignKey } | undefined {
  connection.sqlite.exec('SAVEPOINT "sys$diagnosis"; PRAGMA defer_foreign_keys = ON');
  try {
    connection.sqlite.prepare(sql).all(...parameters);
    const own = sqliteName(table.schema, table.name).toLowerCase();
    const others = connection.catalog
      .tables()
      .filter((other) => other.foreignKeys.some((key) => key.table.toLowerCase() === own));
    for (const holder of [table, ...others]) {
      const name = sqliteName(holder.schema, holder.name);
      const row = connection.sqlite.prepare(`PRAGMA foreign_key_check(${quoteName(name)})`).get();
      if (!row) continue;
      const list = connection.sqlite.prepare(`PRAGMA foreign_key_list(${quoteName(name)})`).all();
      const columns = list
        .filter((entry) => entry['id'] === row['fkid'])
        .map((entry) => String(entry['from']));
      const key = holder.foreignKeys.find(
        (candidate) =>
          candidate.columns.length === columns.length &&
          candidate.columns.every((column) => columns.includes(column)),
      );
      if (key) return { holder, key };
    }
    return undefined;
  } finally {
    connection.sqlite.exec(
      'ROLLBACK TO "sys$diagnosis"; RELEASE "sys$diagnosis"; PRAGMA defer_foreign_keys = OFF',
    );
  }
}
