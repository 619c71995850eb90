/**
 * The original's way to sync, as its public source does it: one sequence; for each source and
 * entity three freshness queries, export, crude, heap, three freshness queries, each statement on
 * a session of its own with BEGIN and COMMIT, and every connection closed after each entity.
 */

import sql from 'mssql';
import { driverType } from '../shared/database/sql-types.ts';
import { catalog, period } from './plans.ts';

export type Connect = (database: string) => sql.config;

/**
 * Milliseconds for all the sources, one after the other.
 *
 * @param sessions `kept`: better than the original, each database's is opened once, before the time
 *   begins; for servers on which a login costs much
 */
export async function runOriginal(
  codes: readonly string[],
  connect: Connect,
  sessions: 'closed' | 'kept' = 'closed',
): Promise<number> {
  const entities = codes.flatMap((code) =>
    catalog.entityOrder(code).map((name) => ({ code, name })),
  );
  const kept = new Connections(connect);
  if (sessions === 'kept') await kept.warm(entities);
  const startedAt = performance.now();
  for (const entity of entities) {
    const connections = sessions === 'kept' ? kept : new Connections(connect);
    await syncEntity(entity, connections);
    if (sessions === 'closed') await connections.close();
  }
  const ms = performance.now() - startedAt;
  await kept.close();
  return ms;
}

interface Entity {
  code: string;
  name: string;
}

class Connections {
  readonly #connect: Connect;
  readonly #pools = new Map<string, Promise<sql.ConnectionPool>>();

  constructor(connect: Connect) {
    this.#connect = connect;
  }

  to(database: string): Promise<sql.ConnectionPool> {
    const opened =
      this.#pools.get(database) ?? new sql.ConnectionPool(this.#connect(database)).connect();
    this.#pools.set(database, opened);
    return opened;
  }

  async warm(entities: readonly Entity[]): Promise<void> {
    const places = entities.flatMap((entity) => catalog.freshness(entity));
    for (const { database } of places) await inTransaction(await this.to(database), one);
  }

  async close(): Promise<void> {
    for (const pool of this.#pools.values()) await (await pool).close();
  }
}

const one = (request: sql.Request) => request.query('SELECT 1');

async function syncEntity({ code, name }: Entity, connections: Connections): Promise<void> {
  const check = async () => {
    for (const { database } of catalog.freshness({ name, code })) {
      await inTransaction(await connections.to(database), one);
    }
  };
  await check();
  for (const stage of catalog.stages({ name, code, period })) {
    await inTransaction(await connections.to(stage.database), (request) => {
      for (const { name, type, value } of stage.parameters) {
        request.input(name, driverType(type), value);
      }
      return request.execute(`[${stage.procedure.schema}].[${stage.procedure.name}]`);
    });
  }
  await check();
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
