/** What a database must be like, asked of it before anything is done. */

import { rowVersioningOn } from '../shared/database/row-versioning.ts';
import type { Session } from '../shared/database/session.ts';

/** OPENJSON is there from this compatibility level on (SQL Server 2016). */
const leastLevel = 130;

/** The database cannot take the product as it is; nothing was done. */
class PreconditionError extends Error {
  constructor(fault: string) {
    super(`Nothing was done:\n  ${fault}`);
    this.name = 'PreconditionError';
  }
}

/**
 * @returns what an administrator should know and may leave as it is, a line each
 * @throws PreconditionError for a compatibility level without OPENJSON; DatabaseError
 */
export async function checkDatabase(session: Session, signal: AbortSignal): Promise<string[]> {
  const [found] = await session.query(
    `SELECT DB_NAME() AS name, compatibility_level AS level, is_read_committed_snapshot_on AS versions,
  snapshot_isolation_state AS snapshots
FROM sys.databases WHERE name = DB_NAME()`,
    [],
    signal,
  );
  const name = String(found?.['name']);
  const level = Number(found?.['level']);
  const database = `[${name.replaceAll(']', ']]')}]`;
  // An engine may name a low level and have OPENJSON all the same: its own word counts.
  if (level < leastLevel && !(await hasOpenJson(session, signal))) {
    throw new PreconditionError(
      `database ${name} has compatibility level ${level}, and OPENJSON needs ${leastLevel}: ALTER DATABASE ${database} SET COMPATIBILITY_LEVEL = 150`,
    );
  }
  if (Number(found?.['versions']) === 1) return [];
  const snapshots = Number(found?.['snapshots']) === 1;
  return [
    `note: row versioning is off in database ${name}: freshness queries wait for whoever writes, and keep writers waiting; nested queries of dynsql are ${snapshots ? 'asked of a snapshot' : 'copied level by level, so that levels may be of different moments'}. To turn it on, with nobody in the database: ${rowVersioningOn(database)}`,
  ];
}

async function hasOpenJson(session: Session, signal: AbortSignal): Promise<boolean> {
  try {
    await session.query("SELECT [key] FROM OPENJSON(N'[]')", [], signal);
    return true;
  } catch {
    signal.throwIfAborted();
    return false;
  }
}
