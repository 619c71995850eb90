/**
 * Sessions of ours that hold an application lock and do nothing: their client is frozen, or its
 * machine is. Cheap enough for a look at the health: the locks of the server are only gone through
 * where a session is suspected.
 */

import { toDatabaseError } from './database-error.ts';
import type { Databases } from './databases.ts';
import { mayNotSee } from './lock-holder.ts';

export interface RestingHolder {
  session: number;
  host: string;
  program: string;
  /** What it has said of itself (`takeAppLock`). */
  holder: string;
  /** For how long it has done nothing, in milliseconds. */
  restsMs: number;
}

export interface RestingHolders {
  /** False: the login may not see other sessions, and so nothing is known of them. */
  isVisible: boolean;
  /** Whether the login may end them. */
  mayKill: boolean;
  holders: RestingHolder[];
}

const resting = `s.status = 'sleeping'
  AND s.last_request_end_time < DATEADD(second, -@rest, GETDATE())
  AND REPLACE(CONVERT(varchar(128), s.context_info), CHAR(0), '') <> ''`;

/**
 * In Azure SQL Database (engine edition 5; 12 in Fabric) a database is a server of its own, with
 * permissions of its own. A name that the version does not know (SQL Server 2019: PERFORMANCE STATE)
 * gives NULL. `context_info` is set from before the wait for the lock until it is dropped.
 */
const text = `DECLARE @alone bit =
  CASE WHEN CONVERT(int, SERVERPROPERTY('EngineEdition')) IN (5, 12) THEN 1 ELSE 0 END;
DECLARE @sees int = CASE @alone
  WHEN 1 THEN HAS_PERMS_BY_NAME(DB_NAME(), 'DATABASE', 'VIEW DATABASE STATE')
  ELSE COALESCE(HAS_PERMS_BY_NAME(NULL, NULL, 'VIEW SERVER PERFORMANCE STATE'),
    HAS_PERMS_BY_NAME(NULL, NULL, 'VIEW SERVER STATE')) END;
DECLARE @kills int = CASE @alone
  WHEN 1 THEN HAS_PERMS_BY_NAME(DB_NAME(), 'DATABASE', 'KILL DATABASE CONNECTION')
  ELSE HAS_PERMS_BY_NAME(NULL, NULL, 'ALTER ANY CONNECTION') END;
IF @sees = 1 AND EXISTS (SELECT 1 FROM sys.dm_exec_sessions AS s WHERE ${resting})
  SELECT @sees AS [sees], @kills AS [kills], s.session_id AS [session], s.host_name AS [host],
    s.program_name AS [program],
    REPLACE(CONVERT(varchar(128), s.context_info), CHAR(0), '') AS [holder],
    DATEDIFF_BIG(millisecond, s.last_request_end_time, GETDATE()) AS [rests]
  FROM sys.dm_exec_sessions AS s
  WHERE ${resting} AND EXISTS (SELECT 1 FROM sys.dm_tran_locks AS l
    WHERE l.request_session_id = s.session_id AND l.resource_type = 'APPLICATION'
      AND l.request_status = 'GRANT' AND l.resource_description LIKE '%[[]' + @resource + '%')
  ORDER BY s.session_id;
ELSE SELECT @sees AS [sees], @kills AS [kills];`;

/** Of a lock's name the server shows the first 32 letters (sys.dm_tran_locks). */
const shownLetters = 32;

/**
 * @param resource the beginning of the locks' names: letters, digits, `/`
 * @param restMs how long a session must have done nothing
 * @throws DatabaseError, or the reason of `signal`
 */
export async function restingHolders(
  databases: Databases,
  database: string,
  { resource, restMs }: { resource: string; restMs: number },
  signal: AbortSignal,
): Promise<RestingHolders> {
  const parameters = [
    { name: 'rest', type: 'int', value: Math.ceil(restMs / 1000) },
    { name: 'resource', type: 'nvarchar(32)', value: resource.slice(0, shownLetters) },
  ];
  try {
    const rows = await databases.query(database, text, parameters, signal);
    const [first] = rows;
    // None of the suspects holds such a lock.
    if (first === undefined) return { isVisible: true, mayKill: false, holders: [] };
    const holders = rows.filter((row) => row['session'] !== undefined).map(holderOf);
    return { isVisible: first['sees'] === 1, mayKill: first['kills'] === 1, holders };
  } catch (error) {
    if (!mayNotSee.has(toDatabaseError(error).number ?? 0)) throw error;
    return { isVisible: false, mayKill: false, holders: [] };
  }
}

function holderOf(row: Record<string, unknown>): RestingHolder {
  const shown = (name: string) => String(row[name] ?? '');
  return {
    session: Number(row['session']),
    host: shown('host'),
    program: shown('program'),
    holder: shown('holder'),
    restsMs: Number(row['rests']),
  };
}
