/**
 * `npm run tick`: changes some rows in every source of the demo, so that the next sync has
 * something to do, and prints what it changed. See `--help`.
 */

<<<<<<< HEAD
import { parseArgs } from 'node:util';
=======
import sql from 'mssql';
import { commandLine, outliveReader } from '../../shared/command-line/command-line.ts';
import { wholeNumber } from '../../shared/command-line/options.ts';
import { portsOption, readPorts } from '../ports.ts';
>>>>>>> main
import { settingOf, standInAt, withDatabase } from './connections.ts';
import { sourceDatabases } from './sources.ts';
import { tickDatabase } from './tick.ts';

/** Of an int. */
const most = 2 ** 31 - 1;

<<<<<<< HEAD
function readSeed(text: string | undefined): number | null {
  if (text === undefined) return null;
  const seed = Number(text);
  if (!Number.isInteger(seed) || Math.abs(seed) >= 2 ** 31) {
    throw new RangeError(`--seed: expected a whole number of 32 bits, got '${text}'`);
  }
  return seed;
=======
/** Calls `dbo.sp_demo_tick` in one database. `seed` null: another one every time. */
async function tickDatabase(connectionString: string, seed: number | null): Promise<TickChange[]> {
  const pool = new sql.ConnectionPool(connectionString);
  try {
    await pool.connect();
    const request = pool.request().input('seed', sql.Int, seed);
    const { recordset } = await request.execute<TickChange>('dbo.sp_demo_tick');
    return recordset;
  } finally {
    await pool.close();
  }
>>>>>>> main
}

async function main(): Promise<void> {
  const { seed = null, ports } = commandLine({
    name: 'npm run tick --',
    what: 'Changes some rows in every source of the demo, so that the next sync has something to do.',
    options: {
      seed: wholeNumber('what is changed follows from it; another one each time', -most, most),
      ports: portsOption('of an instance that was started with --ports N'),
    },
    more: `Where: SQL_HCS, SQL_STEK, SQL_REGION, SQL_MO, SQL_ZAGSER; without one the database of the server
SQLSERVER_URL, or else of the stand-in on 127.0.0.1 and SQL_PORT (11433).`,
  });
  const { sqlServer } = readPorts(process.env, ports);
  const server = process.env['SQLSERVER_URL'] || standInAt(sqlServer);
  outliveReader();
  for (const { name } of sourceDatabases) {
    try {
<<<<<<< HEAD
      const changes = await tickDatabase(connectionString(name), seed);
=======
      const own = process.env[settingOf(name)];
      const changes = await tickDatabase(own ?? withDatabase(server, name), seed);
>>>>>>> main
      for (const { code, entity, action, rows } of changes) {
        console.log(`${code.padEnd(6)} ${entity.padEnd(26)} ${action} ${rows}`);
      }
    } catch (error) {
      console.error(`${name}: ${error instanceof Error ? error.message : error}`);
      process.exitCode = 1;
    }
  }
}

await main();
