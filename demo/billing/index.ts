/** The demo billing: five source databases and the aggregate base, as the stand-in takes them. */

import type { DatabaseSync } from 'node:sqlite';
import type { DatabaseDefinition } from 'tds-sqlite';
import { countryTables } from './countries.ts';
import { crudeProcedure } from './crude.ts';
import { createPacing, type Pacing } from './durations.ts';
import { entityNames } from './entities.ts';
import { defaultChunkRows, exportProcedure } from './export.ts';
import { heapProcedure } from './heap.ts';
import { seedSource } from './seed/index.ts';
import { createInsert } from './seed/insert.ts';
import {
  aggregateBase,
  dataSources,
  defaultAccounts,
  entitiesIn,
  type SourceDatabase,
  sourceDatabases,
} from './sources.ts';
import { quoted } from './sqlite.ts';
import { aggregateSchema, sourceSchema } from './tables.ts';
import { tickProcedure } from './tick.ts';

export type DemoDatabase = Required<Omit<DatabaseDefinition, 'seed'>> &
  Pick<DatabaseDefinition, 'seed'>;

export { compareHeapWithSource, type Difference } from './compare.ts';
export { tick } from './tick.ts';
export { type TickChange, tickPeriod } from './tick-changes.ts';

/** How many times faster than the original the demo runs: 25 minutes become 2.5 s. */
export const defaultPace = 600;

export interface DemoOptions {
  /** Divides the operators' noted times; Infinity: no delay. Default 600. */
  pace?: number;
  /** Personal accounts over all sources, about; each source has at least 3. Default 20,000. */
  accounts?: number;
  /** What the procedures take for the time. */
  now?: () => Date;
  /** Rows an export goes through in one transaction. Default 2,000; tests take fewer. */
  chunkRows?: number;
}

function sourceDefinition(
  source: SourceDatabase,
  accounts: number,
  pacing: Pacing,
  chunkRows: number,
): DemoDatabase {
  return {
    name: source.name,
    server: source.server,
    schema: sourceSchema(source.system),
    seed: (database) =>
      seedSource((code) => createInsert(database, source.system, code), source, accounts),
    procedures: [
      ...entitiesIn(source.system).map((name) => exportProcedure(name, source, pacing, chunkRows)),
      tickProcedure(source, pacing.now),
    ],
  };
}

function seedAggregateBase(database: DatabaseSync): void {
  const insert = database.prepare('INSERT INTO "heap.list_datasource" VALUES (?, ?, ?)');
  for (const { id, code, database: name } of dataSources) insert.run(id, code, name);
  for (const { name, columns, rows } of countryTables) {
    const marks = Object.keys(columns).map(() => '?');
    const add = database.prepare(`INSERT INTO ${quoted(name)} VALUES (${marks.join(', ')})`);
    for (const row of rows) add.run(...row);
  }
}

/** Every database of the demo. A pace or number of accounts not above 0 is a RangeError. */
export function demoDatabases({
  pace = defaultPace,
  accounts = defaultAccounts,
  now = () => new Date(),
  chunkRows = defaultChunkRows,
}: DemoOptions = {}): DemoDatabase[] {
  if (!(accounts > 0 && Number.isFinite(accounts))) {
    throw new RangeError(`accounts: expected a finite number above 0, got ${accounts}`);
  }
  const pacing = createPacing(pace, now);
  return [
    ...sourceDatabases.map((source) => sourceDefinition(source, accounts, pacing, chunkRows)),
    {
      ...aggregateBase,
      schema: aggregateSchema(),
      seed: seedAggregateBase,
      procedures: entityNames.flatMap((name) => [
        crudeProcedure(name, pacing),
        heapProcedure(name, pacing),
      ]),
    },
  ];
}
