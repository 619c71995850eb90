/** Asks databases what a check wants to know. */

import { withRetries } from '../../async/retry.ts';
import { Semaphore } from '../../async/semaphore.ts';
import type { CallParameter } from '../../catalog/index.ts';
import { DatabaseError, toDatabaseError } from '../../database/database-error.ts';
import type { Databases } from '../../database/databases.ts';
import type { Clock } from './check.ts';

export interface CheckQuestion {
  database: string;
  sql: string;
  parameters: readonly CallParameter[];
  timeoutSeconds: number;
}

export type CheckRow = Record<string, unknown>;

export interface CheckAsker {
  /** @throws DatabaseError, also when it is too late or there are too many; the reason of `signal` */
  rows(question: CheckQuestion, signal: AbortSignal): Promise<CheckRow[]>;
  /** What a database's clock shows. @throws DatabaseError, or the reason of `signal` */
  clock(database: string, signal: AbortSignal): Promise<Clock>;
}

/** Few enough to leave procedures and freshness their connections; counts read whole tables. */
const atOnce = 2;
/** Groups that are compared: of fifteen sources over fifty years. */
const mostRows = 10_000;
/** A stage waits for it. */
const clockMs = 5_000;
const retry = { attempts: 3, baseMs: 200, capMs: 1_000 };

const clockSql =
  'SELECT CONVERT(varchar(30), SYSDATETIME(), 126) AS [local], CONVERT(varchar(30), SYSUTCDATETIME(), 126) AS [utc]';

export function checkAsker(databases: Databases): CheckAsker {
  const lines = new Map<string, Semaphore>();
  const lineOf = (database: string) => {
    const known = lines.get(database) ?? new Semaphore(atOnce);
    lines.set(database, known);
    return known;
  };
  return {
    async rows({ database, sql, parameters, timeoutSeconds }, signal) {
      const giveBack = await lineOf(database).take(signal);
      try {
        // From here on: whoever waits in line has not been asked yet.
        const deadline = AbortSignal.timeout(timeoutSeconds * 1_000);
        const limit = AbortSignal.any([signal, deadline]);
        const ask = () => allRows(databases, database, { sql, parameters }, limit);
        return await withRetries(ask, isPassing, retry, limit).catch((error: unknown) => {
          if (!deadline.aborted || signal.aborted) throw error;
          throw new DatabaseError(`no answer within ${timeoutSeconds} s`, 'timed out');
        });
      } finally {
        giveBack();
      }
    },
    async clock(database, signal) {
      const limit = AbortSignal.any([signal, AbortSignal.timeout(clockMs)]);
      const [row] = await databases.query(database, clockSql, [], limit);
      return { local: String(row?.['local']), utc: String(row?.['utc']) };
    },
  };
}

const isPassing = (error: unknown): boolean => toDatabaseError(error).meaning === 'transient';

async function allRows(
  databases: Databases,
  database: string,
  statement: { sql: string; parameters: readonly CallParameter[] },
  signal: AbortSignal,
): Promise<CheckRow[]> {
  const found: CheckRow[] = [];
  for await (const batch of await databases.stream(database, statement, signal)) {
    for (const row of batch.rows) {
      found.push(Object.fromEntries(batch.columns.map((column, at) => [column, row[at]])));
    }
    if (found.length > mostRows) {
      throw new DatabaseError(`more than ${mostRows} groups`, 'permanent');
    }
  }
  return found;
}
