/**
 * The unruly entities' tables and procedures: T-SQL, put into every database over the wire. Each
 * call enters five rows into `chaos.work` in two halves, under the run that the session's context
 * names and an id of its own, and does between them and after them what the episode has planned.
 */

import sql from 'mssql';
import shipped from '../../catalog/catalog.json' with { type: 'json' };
import { parseAddress } from '../../shared/database/address.ts';
import { databaseLocation } from '../../shared/database/location.ts';
import type { Habits } from './habits.ts';
import { unrulyBatches } from './unruly-procedures.ts';

/** Rows of one call: three before it shows its habit, two after it. */
export const rowsOfCall = 5;

/** What one call has left in a database. */
export interface Work {
  /** The run's id. */
  run: string;
  /** As in the run's document: `export:unruly_first:0c10`. */
  stage: string;
  call: string;
  rows: number;
}

export interface Unruly {
  /** What the procedures do from now on. */
  behave(habits: Habits): Promise<void>;
  /** Everything that is in the tables, counted by a session of its own. */
  work(): Promise<Work[]>;
  /** Fences that somebody's session keeps, in words. */
  heldFences(): Promise<string[]>;
  close(): Promise<void>;
}

/** @param settings a connection string for each of the catalogue's databases, by its setting */
export async function installUnruly(settings: Record<string, string>): Promise<Unruly> {
  const pools = await Promise.all(
    shipped.databases.map(async ({ id, connection }) => {
      const { config } = parseAddress(settings[connection] ?? '');
      const pool = await new sql.ConnectionPool({ ...config, pool: { max: 1 } }).connect();
      for (const batch of unrulyBatches(id)) await pool.request().batch(batch);
      return pool;
    }),
  );
  const locations = shipped.databases.map((one) =>
    databaseLocation(settings[one.connection] ?? ''),
  );
  return {
    async behave(planned) {
      for (const pool of pools) {
        await pool.request().batch(
          Object.entries(planned)
            .map(
              ([stage, habit]) =>
                `UPDATE [chaos].[habit] SET [habit] = '${habit}' WHERE [stage] = '${stage}';`,
            )
            .join('\n'),
        );
      }
    },
    async work() {
      const found = await Promise.all(
        pools.map(async (pool) => {
          const { recordset } = await pool.request().query<Work>(counting);
          // SQL Server pads the session's context to 128 bytes.
          return recordset.map((one) => ({ ...one, run: one.run.replaceAll('\0', '') }));
        }),
      );
      return found.flat();
    },
    async heldFences() {
      const held = pools.map(async (pool, index) => {
        const location = locations[index] ?? '';
        const fence = `syncboard/procedure/${location.slice(0, location.indexOf('/'))}`;
        const { recordset } = await pool
          .request()
          .input('fence', fence)
          .query<{ got: number }>(asking);
        return recordset[0]?.got === 0 ? [] : [`${fence} is held, and nothing runs`];
      });
      return [...new Set((await Promise.all(held)).flat())];
    },
    async close() {
      await Promise.all(pools.map((pool) => pool.close()));
    },
  };
}

/** Two that ask at once must not be in each other's way: each waits for a moment. */
const asking = `DECLARE @got int;
EXEC @got = sp_getapplock @Resource = @fence, @LockMode = 'Exclusive', @LockOwner = 'Session', @LockTimeout = 2000;
IF @got >= 0 EXEC sp_releaseapplock @Resource = @fence, @LockOwner = 'Session';
SELECT IIF(@got >= 0, 0, @got) AS [got];`;

const counting = `SELECT [run], [stage], [call], COUNT(*) AS [rows] FROM [chaos].[work]
GROUP BY [run], [stage], [call]`;
