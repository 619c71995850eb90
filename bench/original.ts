/**
 * The original's way to sync, as its public source does it: one sequence; for each source and
 * entity three freshness queries, export, crude, heap, three freshness queries, each statement on
 * a session of its own with BEGIN and COMMIT, and every connection closed after each entity.
 */

import sql from 'mssql';
import { driverType } from '../shared/database/sql-types.ts';
import { catalog, period } from './plans.ts';

export type Connect = (database: string) => sql.config;

/** Milliseconds for all the sources, one after the other. */
export async function runOriginal(codes: readonly string[], connect: Connect): Promise<number> {
  const startedAt = performance.now();
  for (const code of codes) {
    for (const name of catalog.entityOrder(code)) await syncEntity(name, code, connect);
  }
  return performance.now() - startedAt;
}

async function syncEntity(name: string, code: string, connect: Connect): Promise<void> {
  const pools = new Map<string, Promise<sql.ConnectionPool>>();
  const pool = (database: string) => {
    const opened = pools.get(database) ?? new sql.ConnectionPool(connect(database)).connect();
    pools.set(database, opened);
    return opened;
  };
  const check = async () => {
    for (const { database } of catalog.freshness({ name, code })) {
      await inTransaction(await pool(database), (request) => request.query('SELECT 1'));
    }
  };
  await check();
  for (const stage of catalog.stages({ name, code, period })) {
    await inTransaction(await pool(stage.database), (request) => {
      for (const { name, type, value } of stage.parameters) {
        request.input(name, driverType(type), value);
      }
      return request.execute(`[${stage.procedure.schema}].[${stage.procedure.name}]`);
    });
  }
  await check();
  for (const opened of pools.values()) await (await opened).close();
}

async function inTransaction(
  pool: sql.ConnectionPool,
  work: (request: sql.Request) => Promise<unknown>,
): Promise<void> {
  const transaction = new sql.Transaction(pool);
  await transaction.begin();
  await work(new sql.Request(transaction));
  await transaction.commit();
}
