/** Puts the demo and its live rows on a SQL Server. */

import sql from 'mssql';
import { runBatches } from '../../sql/run-batches.ts';
import { batchesIn } from '../../sql/scripts.ts';
import { withDatabase } from './connections.ts';
import { insertRows, liveTables } from './live-tables.ts';
import { aggregateBase, defaultAccounts, sourceDatabases } from './sources.ts';
import { type DemoFile, demoFiles } from './tsql/index.ts';
import { delayColumns, delaysAt, delayTable } from './tsql/pacing.ts';

export interface InstallOptions {
  /** Personal accounts over all sources, about. Default 20,000. */
  accounts?: number;
  /** How many times faster than the original the procedures run; Infinity (default): no delay. */
  pace?: number;
  /** Gets a line about each step. */
  onProgress?: (text: string) => void;
  signal?: AbortSignal;
}

const databaseNames = [...sourceDatabases.map(({ name }) => name), aggregateBase.name];

/**
 * The most that TDS allows: a batch in several packets waits 40 ms for an acknowledgement between
 * them, since the driver leaves Nagle's algorithm on.
 */
const packetSize = 32_767;

/** Runs `work` on one connection to a database. */
async function connected<T>(
  url: string,
  database: string,
  work: (pool: sql.ConnectionPool) => Promise<T>,
): Promise<T> {
  const config = sql.ConnectionPool.parseConnectionString(withDatabase(url, database));
  const parsed = config as sql.config;
  const pool = new sql.ConnectionPool({
    ...parsed,
    requestTimeout: 0,
    pool: { min: 0, max: 1 },
    options: { ...parsed.options, packetSize },
  });
  try {
    return await work(await pool.connect());
  } finally {
    await pool.close();
  }
}

/** Refuses to drop the tables of a database that only has the same name. */
async function requireDemo(url: string, database: string): Promise<void> {
  const foreign = await connected(url, 'master', async (pool) => {
    const { recordset } = await pool
      .request()
      .input('name', sql.NVarChar(128), database)
      .query<{ id: number | null }>('SELECT DB_ID(@name) AS id');
    return recordset[0]?.id ?? null;
  }).then(
    (id) =>
      id !== null &&
      connected(url, database, async (pool) => {
        const { recordset } = await pool
          .request()
          .query<{ foreign: number }>(
            `SELECT CASE WHEN OBJECT_ID(N'${delayTable}', N'U') IS NULL THEN COUNT(*) ELSE 0 END AS [foreign] FROM sys.tables`,
          );
        return (recordset[0]?.foreign ?? 0) > 0;
      }),
  );
  if (foreign) {
    throw new Error(
      `Database ${database} on this server has tables and is not of the demo: nothing was changed. Choose another server, or drop the database yourself.`,
    );
  }
}

async function runFile(
  pool: sql.ConnectionPool,
  { name, script }: DemoFile,
  signal: AbortSignal | undefined,
): Promise<void> {
  const batches = batchesIn(name, script);
  await runBatches(name, batches, (text) => pool.request().batch(text), signal);
}

/** What one of the demo's databases holds: tables, procedures, rows. */
async function fillDatabase(
  pool: sql.ConnectionPool,
  database: string,
  files: DemoFile[],
  { accounts = defaultAccounts, pace = Number.POSITIVE_INFINITY, signal }: InstallOptions,
): Promise<number> {
  for (const file of files) await runFile(pool, file, signal);
  const delays = delaysAt(pace).map((delay) => ({ ...delay }));
  await insertRows(pool, { table: delayTable, columns: delayColumns, rows: delays }, signal);
  const source = sourceDatabases.find(({ name }) => name === database);
  const tables = source ? liveTables(source, accounts) : [];
  for (const table of tables) await insertRows(pool, table, signal);
  return tables.reduce((sum, { rows }) => sum + rows.length, 0);
}

/**
 * Installs the demo: makes the databases that are missing, then all tables and procedures anew,
 * then loads the live rows. Twice gives the same state as once.
 *
 * @param url connection string; its database, if any, does not matter
 * @throws Error when a database of the name exists that is not the demo's own, before anything is
 *   changed; with file and line when the server refuses a statement
 */
export async function installDemo(url: string, options: InstallOptions = {}): Promise<void> {
  const { onProgress = () => {}, signal } = options;
  for (const database of databaseNames) {
    signal?.throwIfAborted();
    await requireDemo(url, database);
  }
  const files = demoFiles();
  const filesOf = (name: string) => files.filter(({ database }) => database === name);
  await connected(url, 'master', async (pool) => {
    for (const file of filesOf('master')) await runFile(pool, file, signal);
  });
  for (const database of databaseNames) {
    const own = filesOf(database);
    const rows = await connected(url, database, (pool) =>
      fillDatabase(pool, database, own, options),
    );
    onProgress(`${database}: ${own.length} files, ${rows} rows`);
  }
}
