/** The stand-in with the demo, and its procedures called over the wire. */

import type { DatabaseSync } from 'node:sqlite';
import sql from 'mssql';
import { startSqlServer } from 'tds-sqlite';
import { standInAt, withDatabase } from '../billing/connections.ts';
import { type DemoOptions, demoDatabases, type TickChange, tick } from '../billing/index.ts';
import { demoLogin } from '../billing/login.ts';

export type Parameters = Record<string, string | number | null>;

export interface CallRecord {
  /** Rows affected, by all statements. */
  affected: number;
  messages: string[];
  returned: number;
}

export interface DemoServer {
  port: number;
  database(name: string): DatabaseSync;
  /** Parameters by name without `@`. */
  call(database: string, procedure: string, parameters?: Parameters): Promise<CallRecord>;
  batch(database: string, text: string): Promise<void>;
  tick(seed: number): Promise<TickChange[]>;
  close(): Promise<void>;
}

/** With no delays unless a pace is given. */
export async function startDemo(options: DemoOptions): Promise<DemoServer> {
  const server = await startSqlServer({
    databases: demoDatabases({ pace: Number.POSITIVE_INFINITY, ...options }),
    logins: { [demoLogin.user]: demoLogin.password },
  });
  const pools = new Map<string, Promise<sql.ConnectionPool>>();
  const connectionOf = (database: string) => withDatabase(standInAt(server.port), database);

  function poolOf(database: string): Promise<sql.ConnectionPool> {
    const pool = pools.get(database) ?? new sql.ConnectionPool(connectionOf(database)).connect();
    pools.set(database, pool);
    return pool;
  }

  return {
    port: server.port,
    database: (name) => server.database(name),
    async call(database, procedure, parameters = {}) {
      const request = (await poolOf(database)).request();
      const messages: string[] = [];
      request.on('info', ({ message }: { message: string }) => messages.push(message));
      for (const [name, value] of Object.entries(parameters)) request.input(name, value);
      const { rowsAffected, returnValue } = await request.execute(procedure);
      return {
        affected: rowsAffected.reduce((sum, rows) => sum + rows, 0),
        messages,
        returned: returnValue,
      };
    },
    async batch(database, text) {
      await (await poolOf(database)).request().batch(text);
    },
    tick: (seed) => tick(connectionOf, seed),
    async close() {
      for (const pool of pools.values()) await (await pool).close();
      await server.close();
    },
  };
}
