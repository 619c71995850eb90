/** Has `dbo.sp_demo_tick` change some rows in the sources. */

import sql from 'mssql';
import { sourceDatabases } from './sources.ts';

export { tickPeriod } from './tsql/tick-procedures.ts';

/** One kind of change to one entity of one source. */
export interface TickChange {
  code: string;
  entity: string;
  action: 'insert' | 'update' | 'delete';
  rows: number;
}

/**
 * Ticks one database.
 *
 * @param seed the same one on the same rows makes the same changes; null: another one every time
 */
export async function tickDatabase(
  connectionString: string,
  seed: number | null,
): Promise<TickChange[]> {
  const pool = new sql.ConnectionPool(connectionString);
  try {
    await pool.connect();
    const request = pool.request().input('seed', sql.Int, seed);
    const { recordset } = await request.execute<TickChange>('dbo.sp_demo_tick');
    return recordset;
  } finally {
    await pool.close();
  }
}

/** Ticks every source of the server, one after the other. */
export async function tick(
  connectionOf: (database: string) => string,
  seed: number | null,
): Promise<TickChange[]> {
  const changes: TickChange[] = [];
  for (const { name } of sourceDatabases) {
    changes.push(...(await tickDatabase(connectionOf(name), seed)));
  }
  return changes;
}
