/**
 * `npm run tick`: changes some rows in every source of the demo, so that the next sync has
 * something to do, and prints what it changed. See `--help`.
 */

import { commandLine, outliveReader } from '../../shared/command-line/command-line.ts';
import { wholeNumber } from '../../shared/command-line/options.ts';
import { portsOption, readPorts } from '../ports.ts';
import { settingOf, standInAt, withDatabase } from './connections.ts';
import { sourceDatabases } from './sources.ts';
import { tickDatabase } from './tick.ts';

/** Of an int. */
const most = 2 ** 31 - 1;

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
      const own = process.env[settingOf(name)];
      const changes = await tickDatabase(own ?? withDatabase(server, name), seed);
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
