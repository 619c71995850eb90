/**
 * `npm run tick`: changes some rows in every source of the demo, so that the next sync has
 * something to do, and prints how many of each source. See `--help`.
 */

import { commandLine, outliveReader } from '../../shared/command-line/command-line.ts';
import { wholeNumber } from '../../shared/command-line/options.ts';
import { portsOption, readPorts } from '../ports.ts';
import { settingOf, standInAt, withDatabase } from './connections.ts';
import { sourceDatabases } from './sources.ts';
import { type TickChange, tickDatabase } from './tick.ts';

/** Of an int. */
const most = 2 ** 31 - 1;

async function main(): Promise<void> {
  const {
    seed = null,
    all,
    ports,
  } = commandLine({
    name: 'npm run tick --',
    what: 'Changes some rows in every source of the demo, so that the next sync has something to do.',
    options: {
      seed: wholeNumber('what is changed follows from it; another one each time', -most, most),
      all: { type: 'flag', help: 'say of each entity what was changed' },
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
      for (const line of all ? changes.map(lineOf) : summaries(changes)) console.log(line);
    } catch (error) {
      console.error(`${name}: ${error instanceof Error ? error.message : error}`);
      process.exitCode = 1;
    }
  }
}

function lineOf({ code, entity, action, rows }: TickChange): string {
  return `${code.padEnd(6)} ${entity.padEnd(26)} ${action} ${rows}`;
}

/** A line for each data source. */
function summaries(changes: readonly TickChange[]): string[] {
  return [...Map.groupBy(changes, ({ code }) => code)].map(([code, own]) => {
    const rows = Map.groupBy(own, ({ action }) => action);
    const counts = [...rows].map(([action, some]) => {
      return `${action} ${some.reduce((sum, one) => sum + one.rows, 0)}`;
    });
    const entities = new Set(own.map(({ entity }) => entity)).size;
    return `${code.padEnd(6)} ${counts.join(', ')} (entities: ${entities})`;
  });
}

await main();
