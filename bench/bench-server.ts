/**
 * Where the benchmarked procedures are: the stand-in for SQL Server in a process of its own, or a
 * server that is given, whose procedures wait.
 */

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import sql from 'mssql';
import { withDatabase } from '../demo/billing/connections.ts';
import { bracketed, createProcedure, literal } from '../demo/billing/tsql/text.ts';
import { parseAddress } from '../shared/database/address.ts';
import { runBatches } from '../sql/run-batches.ts';
import { batchesOf } from '../sql/script-batches.ts';
import { type BenchDatabase, proceduresOf } from './plans.ts';
import type { LoadModel, Stage } from './time-model.ts';

export interface BenchServer {
  /** The connection string of a database of the catalogue. */
  connection(database: string): string;
  close(): Promise<void>;
}

export async function standIn(model: LoadModel): Promise<BenchServer> {
  const child = fork(fileURLToPath(new URL('sync-server.ts', import.meta.url)), [
    JSON.stringify(model),
  ]);
  const [{ port }] = (await once(child, 'message')) as [{ port: number }];
  return {
    connection: (database) =>
      `Server=127.0.0.1,${port};Database=${database};User Id=bench;Password=bench;Encrypt=false`,
    async close() {
      child.disconnect();
      await once(child, 'exit');
    },
  };
}

/** The benchmark's own databases: nothing else has such a name. */
const databaseOf = (id: string) => `syncboard_bench_${id}`;

/**
 * Makes its databases on a server where they are missing, and their procedures anew.
 *
 * @param url a connection string whose login may create databases
 * @param ms how long a procedure of each stage waits (WAITFOR)
 */
export async function givenServer(url: string, ms: Record<Stage, number>): Promise<BenchServer> {
  const databases = proceduresOf();
  await onServer(withDatabase(url, 'master'), async (run) => {
    for (const name of databases.map(({ database }) => databaseOf(database))) {
      const create = literal(`CREATE DATABASE ${bracketed(name)}`);
      await run(`IF DB_ID(${literal(name)}) IS NULL EXEC(${create});`);
    }
  });
  const connection = (database: string) => withDatabase(url, databaseOf(database));
  for (const one of databases) {
    await onServer(connection(one.database), (run) =>
      runBatches(one.database, batchesOf(waiting(one, ms)), run),
    );
  }
  return { connection, async close() {} };
}

/** The script of a database. */
function waiting({ stages }: BenchDatabase, ms: Record<Stage, number>): string {
  const schemas = new Set(stages.map(({ name }) => name.split('.')[0] ?? ''));
  const made = [...schemas].map((name) => {
    const create = literal(`CREATE SCHEMA ${bracketed(name)}`);
    return `IF SCHEMA_ID(${literal(name)}) IS NULL EXEC(${create});\nGO\n`;
  });
  const procedures = stages.map(({ name, stage, parameters }) => {
    const delay = (ms[stage] / 1_000).toFixed(3).padStart(6, '0');
    const wait = ms[stage] > 0 ? `\n  WAITFOR DELAY '00:00:${delay}';` : '';
    const declared = parameters.map(({ name: parameter, type }) => ({ name: parameter, type }));
    return createProcedure(name, declared, `  SET NOCOUNT ON;${wait}`);
  });
  return [...made, ...procedures].join('');
}

async function onServer(
  connectionString: string,
  work: (run: (text: string) => Promise<unknown>) => Promise<void>,
): Promise<void> {
  const { config } = parseAddress(connectionString);
  const pool = await new sql.ConnectionPool({ ...config, requestTimeout: 0 }).connect();
  try {
    await work((text) => pool.request().batch(text));
  } finally {
    await pool.close();
  }
}
