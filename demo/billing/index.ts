/** The demo billing: five source databases and the aggregate base, as the stand-in takes them. */

import type { DatabaseSync } from 'node:sqlite';
import type { DatabaseDefinition } from 'tds-sqlite';
import { seedSource } from './seed/index.ts';
import { createInsert, type Inserting } from './seed/insert.ts';
import { aggregateBase, defaultAccounts, sourceDatabases } from './sources.ts';
import { list, quoted } from './sqlite.ts';
import { scriptOf } from './tsql/index.ts';
import { type Delay, delayColumns, delaysAt, delayTable } from './tsql/pacing.ts';

export { type TickChange, tick, tickPeriod } from './tick.ts';

/** How many times faster than the original the demo runs: 25 minutes become 2.5 s. */
export const defaultPace = 600;

export interface DemoOptions {
  /** Divides the operators' noted times; Infinity: no delay. Default 600. */
  pace?: number;
  /** Personal accounts over all sources, about; each source has at least 3. Default 20,000. */
  accounts?: number;
}

export type DemoDatabase = Required<Omit<DatabaseDefinition, 'procedures'>>;

function writeDelays(database: DatabaseSync, delays: readonly Delay[]): void {
  database.exec(`DELETE FROM ${quoted(delayTable)}`);
  const columns = Object.keys(delayColumns);
  const insert = database.prepare(
    `INSERT INTO ${quoted(delayTable)} (${list(columns)}) VALUES (${columns.map((name) => `:${name}`).join(', ')})`,
  );
  for (const delay of delays) insert.run({ ...delay });
}

/**
 * Every database of the demo: the T-SQL that any SQL Server runs, and live rows straight into
 * SQLite, which is faster. A pace or number of accounts not above 0 is a RangeError.
 */
export function demoDatabases({
  pace = defaultPace,
  accounts = defaultAccounts,
}: DemoOptions = {}): DemoDatabase[] {
  if (!(accounts > 0 && Number.isFinite(accounts))) {
    throw new RangeError(`accounts: expected a finite number above 0, got ${accounts}`);
  }
  const delays = delaysAt(pace);
  return [
    ...sourceDatabases.map((source) => ({
      name: source.name,
      server: source.server,
      // Databases that are kept need none.
      get schema() {
        return scriptOf(source.name);
      },
      seed(database: DatabaseSync) {
        writeDelays(database, delays);
        const opened: Inserting[] = [];
        const insertOf = (code: string) => {
          const one = createInsert(database, source.system, code);
          opened.push(one);
          return one.insert;
        };
        seedSource(insertOf, source, accounts);
        for (const one of opened) one.flush();
      },
    })),
    {
      ...aggregateBase,
      get schema() {
        return scriptOf(aggregateBase.name);
      },
      seed: (database) => writeDelays(database, delays),
    },
  ];
}

/**
 * Sets the pace of databases that are kept from an earlier start.
 *
 * @throws Error for those of a version whose procedures were no T-SQL: they begin anew
 */
export function setPace(server: { database(name: string): DatabaseSync }, pace: number): void {
  const delays = delaysAt(pace);
  for (const { name } of [...sourceDatabases, aggregateBase]) {
    const database = server.database(name);
    const found = database.prepare('SELECT 1 FROM sqlite_schema WHERE name = ?').get(delayTable);
    if (!found) {
      throw new Error(
        `Database ${name} is kept from an older version, whose procedures are no longer there: begin anew with npm start -- --fresh`,
      );
    }
    database.exec('BEGIN IMMEDIATE');
    writeDelays(database, delays);
    database.exec('COMMIT');
  }
}
