/**
 * Who holds an application lock that a session of ours waits for, and the end of a session that
 * its client has left: a frozen process keeps its connection, and the server knows nothing of it.
 */

import { toDatabaseError } from './database-error.ts';
import type { Databases } from './databases.ts';

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
 * @throws DatabaseError: 300 or 297 where the login may not see other sessions
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

/**
 * Ends the session, if it is still the one that was seen. Needs ALTER ANY CONNECTION.
 *
 * @returns the error's number where the server refuses (6102: no right); undefined: it is done
 */
export async function killSession(
  databases: Databases,
  database: string,
  { session, ended }: Pick<LockHolder, 'session' | 'ended'>,
  signal: AbortSignal,
): Promise<number | undefined> {
  // KILL takes no parameter; the number is one that the server has given.
  const text = `IF EXISTS (SELECT 1 FROM sys.dm_exec_sessions WHERE session_id = @session
  AND status = 'sleeping' AND CONVERT(varchar(30), last_request_end_time, 126) = @ended)
  KILL ${Math.trunc(session)};`;
  const parameters = [
    { name: 'session', type: 'int', value: session },
    { name: 'ended', type: 'varchar(30)', value: ended },
  ];
  try {
    await databases.query(database, text, parameters, signal);
    return undefined;
  } catch (error) {
    const { number } = toDatabaseError(error);
    if (number === undefined) throw error;
    return number;
  }
}
