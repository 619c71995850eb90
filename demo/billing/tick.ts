/**
 * A little business in the sources, so that the next sync has something to do: new and withdrawn
 * payments, corrected readings and charges, replaced names, meters and parameters. Balances of the
 * month follow; those of later months are carried over at month's end, not here.
 */

import type { DatabaseSync } from 'node:sqlite';
import { createRandom } from 'stand-in-kit';
import type { Procedure, ProcedureContext } from 'tds-sqlite';
import { createLiveRows } from './live-rows.ts';
import { allAreas, type SourceDatabase, sourceDatabases } from './sources.ts';
import {
  changeCommonRows,
  changeOwnRows,
  type Note,
  type Tick,
  type TickChange,
  tickPeriod,
} from './tick-changes.ts';

/** What tick knows as one source: each code, and `all` beside the areas of HCS. */
const tickedCodes = (source: SourceDatabase) =>
  source.system === 'HCS' ? [allAreas, ...source.codes] : source.codes;

/** Changes live rows of one code; answers what it did, one entry for each entity and action. */
function tickCode(
  database: DatabaseSync,
  source: SourceDatabase,
  code: string,
  seed: number,
): TickChange[] {
  const changes: TickChange[] = [];
  const note: Note = (entity, action, rows) => {
    const known = changes.find((c) => c.entity === entity && c.action === action);
    if (known) known.rows += rows;
    else changes.push({ code, entity, action, rows });
  };
  const tick: Tick = {
    database,
    system: source.system,
    code,
    live: createLiveRows(database, source, code, tickPeriod),
    random: createRandom(`${code} ${seed}`),
    note,
  };
  if (code === allAreas) changeCommonRows(tick);
  else changeOwnRows(tick);
  return changes;
}

/** Changes live rows of every source. The same seed on the same rows makes the same changes. */
export function tick(
  server: { database(name: string): DatabaseSync },
  { seed }: { seed: number },
): TickChange[] {
  return sourceDatabases.flatMap((source) => {
    const database = server.database(source.name);
    database.exec('SAVEPOINT tick');
    try {
      return tickedCodes(source).flatMap((code) => tickCode(database, source, code, seed));
    } catch (error) {
      database.exec('ROLLBACK TO tick');
      throw error;
    } finally {
      database.exec('RELEASE tick');
    }
  });
}

/**
 * `dbo.sp_demo_tick` of one source database: `@seed` (NULL: another one every time); one result set
 * (code, entity, action, rows). Rows affected: the live rows changed.
 */
export function tickProcedure(source: SourceDatabase, now: () => Date): Procedure {
  async function run(context: ProcedureContext): Promise<number> {
    const seed = Number(context.parameters['seed'] ?? now().getTime() % 2 ** 31);
    const changes: TickChange[] = [];
    for (const code of tickedCodes(source)) {
      const ticked = await context.transaction(async () =>
        tickCode(context.database, source, code, seed),
      );
      changes.push(...ticked);
      await context.breathe();
    }
    context.affected(changes.reduce((sum, { rows }) => sum + rows, 0));
    context.resultSet(
      { code: 'varchar(8)', entity: 'varchar(40)', action: 'varchar(10)', rows: 'int' },
      changes.map(({ code, entity, action, rows }) => [code, entity, action, rows]),
    );
    return 0;
  }
  const parameters = [{ name: '@seed', type: 'int', default: null }];
  return { name: 'dbo.sp_demo_tick', parameters, run };
}
