/**
 * `npm run tick [-- --seed 7]`: changes some rows in every source of the demo, so that
 * the next sync has something to do, and prints what it changed.
 *
 * Connections: SQL_HCS, SQL_STEK, SQL_REGION, SQL_MO, SQL_ZAGSER; without one, the database of the
 * server SQLSERVER_URL, or else of the stand-in on 127.0.0.1 and SQL_PORT (11433).
 */

import { parseArgs } from 'node:util';
import { settingOf, standInAt, withDatabase } from './connections.ts';
import { sourceDatabases } from './sources.ts';
import { tickDatabase } from './tick.ts';

function connectionString(database: string): string {
  const server = process.env['SQLSERVER_URL'] || standInAt(process.env['SQL_PORT'] ?? 11_433);
  return process.env[settingOf(database)] ?? withDatabase(server, database);
}

function readSeed(text: string | undefined): number | null {
  if (text === undefined) return null;
  const seed = Number(text);
  if (!Number.isInteger(seed) || Math.abs(seed) >= 2 ** 31) {
    throw new RangeError(`--seed: expected a whole number of 32 bits, got '${text}'`);
  }
  return seed;
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { seed: { type: 'string' } } });
  const seed = readSeed(values.seed);
  for (const { name } of sourceDatabases) {
    try {
      const changes = await tickDatabase(connectionString(name), seed);
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
