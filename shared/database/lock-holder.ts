/**
 * Who holds an application lock that a session of ours waits for, and the end of a session that
 * its client has left: a frozen process keeps its connection, and the server knows nothing of it.
 */

import { toDatabaseError } from './database-error.ts';
import type { Databases } from './databases.ts';

/**
 * A view of the server's state is refused: 300 and 297 (both are sent), 262 in Azure SQL Database.
 * VIEW SERVER STATE is missing, from SQL Server 2022 on VIEW SERVER PERFORMANCE STATE, in Azure SQL
 * Database VIEW DATABASE STATE.
 */
export const mayNotSee: ReadonlySet<number> = new Set([262, 297, 300]);

/** KILL is refused: ALTER ANY CONNECTION is missing, in Azure SQL Database KILL DATABASE CONNECTION. */
export const mayNotKill = 6102;

export interface LockHolder {
  session: number;
  /** `sleeping`: it runs nothing. */
  status: string;
  /** When its last request ended, by the server's clock. */
  ended: string;
  host: string;
  /** What its holder has said of itself (`takeAppLock`). */
  holder: string;
}

/** Needs VIEW SERVER STATE; VIEW SERVER PERFORMANCE STATE since SQL Server 2022. */
const whoHolds = `SELECT h.request_session_id AS [session], s.status AS [status],
  CONVERT(varchar(30), s.last_request_end_time, 126) AS [ended], s.host_name AS [host],
  REPLACE(CONVERT(varchar(128), s.context_info), CHAR(0), '') AS [holder]
FROM sys.dm_exec_sessions AS me
JOIN sys.dm_tran_locks AS w ON w.request_session_id = me.session_id
JOIN sys.dm_tran_locks AS h ON h.resource_database_id = w.resource_database_id
  AND h.resource_description = w.resource_description
JOIN sys.dm_exec_sessions AS s ON s.session_id = h.request_session_id
WHERE w.resource_type = 'APPLICATION' AND w.request_status = 'WAIT'
  AND h.resource_type = 'APPLICATION' AND h.request_status = 'GRANT'
  AND REPLACE(CONVERT(varchar(128), me.context_info), CHAR(0), '') = @waiter`;

/**
 * @param waiter as the waiting session said of itself
 * @returns undefined when nobody holds it any more
 * @throws DatabaseError: `mayNotSee` where the login may not see other sessions
 */
export async function lockHolder(
  databases: Databases,
  database: string,
  waiter: string,
  signal: AbortSignal,
): Promise<LockHolder | undefined> {
  const parameters = [{ name: 'waiter', type: 'varchar(128)', value: waiter }];
  const [row] = await databases.query(database, whoHolds, parameters, signal);
  if (row === undefined) return undefined;
  const text = (name: string) => String(row[name] ?? '');
  return {
    session: Number(row['session']),
    status: text('status'),
    ended: text('ended'),
    host: text('host'),
    holder: text('holder'),
  };
}

/** `gone`: it has ended by itself, or done something since it was seen. */
export type KillOutcome = 'killed' | 'gone' | { refused: number };

/** There is no such session any more: 6101 to 6107 are what KILL says (6102: no right). */
const noSession = new Set([6101, 6106]);

/** Ends the session, if it is still the one that was seen. Needs ALTER ANY CONNECTION. */
export async function killSession(
  databases: Databases,
  database: string,
  { session, ended }: Pick<LockHolder, 'session' | 'ended'>,
  signal: AbortSignal,
): Promise<KillOutcome> {
  // KILL takes no parameter; the number is one that the server has given.
  const text = `IF EXISTS (SELECT 1 FROM sys.dm_exec_sessions WHERE session_id = @session
  AND status = 'sleeping' AND CONVERT(varchar(30), last_request_end_time, 126) = @ended)
BEGIN
  KILL ${Math.trunc(session)};
  SELECT 1 AS [killed];
END`;
  const parameters = [
    { name: 'session', type: 'int', value: session },
    { name: 'ended', type: 'varchar(30)', value: ended },
  ];
  try {
    const rows = await databases.query(database, text, parameters, signal);
    return rows.length > 0 ? 'killed' : 'gone';
  } catch (error) {
    const { number } = toDatabaseError(error);
    if (number === undefined) throw error;
    return noSession.has(number) ? 'gone' : { refused: number };
  }
}
