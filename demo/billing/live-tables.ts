/** The live rows of a source database, table by table, and how a server takes many of them. */

import sql from 'mssql';
import type { Value } from './entities.ts';
import { entities } from './entity-table.ts';
import { seedSource } from './seed/index.ts';
import { entitiesIn, type SourceDatabase } from './sources.ts';
import { areaColumn, liveTable } from './tables.ts';
import { bracketed, list } from './tsql/text.ts';

export interface RowsOfTable {
  /** `dbo.meter` */
  table: string;
  /** Name to T-SQL type. */
  columns: Readonly<Record<string, string>>;
  rows: Record<string, Value>[];
}

/** Every live row of `source` when all sources together have about `accounts`. */
export function liveTables(source: SourceDatabase, accounts: number): RowsOfTable[] {
  const tables = new Map(
    entitiesIn(source.system).map((name) => {
      const area = areaColumn(name, source.system);
      const columns = { ...(area && { [area]: 'varchar(4)' }), ...entities[name].columns };
      const table: RowsOfTable = { table: liveTable(name), columns, rows: [] };
      return [name, { table, area }];
    }),
  );
  seedSource(
    (code) => (name, row) => {
      const to = tables.get(name);
      to?.table.rows.push({ ...(to.area && { [to.area]: code }), ...row });
    },
    source,
    accounts,
  );
  return [...tables.values()].map(({ table }) => table);
}

/** Some hundred kilobytes of JSON. */
const rowsAtATime = 5_000;

/**
 * Inserts rows by OPENJSON: the server converts the text, so that decimals and dates stay exact,
 * and every T-SQL engine takes it, which is not so of bulk loads.
 */
export async function insertRows(
  pool: sql.ConnectionPool,
  { table, columns, rows }: RowsOfTable,
  signal: AbortSignal | undefined,
): Promise<void> {
  const names = list(Object.keys(columns));
  const types = Object.entries(columns).map(
    ([column, type]) => `${bracketed(column)} ${type.replace(' NULL', '')}`,
  );
  const insert = `INSERT INTO ${bracketed(table)} (${names})
SELECT ${names} FROM OPENJSON(@rows) WITH (${types.join(', ')})`;
  for (let start = 0; start < rows.length; start += rowsAtATime) {
    signal?.throwIfAborted();
    const part = JSON.stringify(rows.slice(start, start + rowsAtATime));
    await pool.request().input('rows', sql.NVarChar(sql.MAX), part).query(insert);
  }
}
