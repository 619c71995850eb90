/**
 * SQL Server's application locks: a fence that the server itself drops when a session dies.
 *
 * An application lock belongs to a database. Ours is the server's, so it is taken in the one
 * database of each server that every login may use, as guest: `tempdb`. Two kinds of servers have
 * it in the session's own database: Azure SQL Database (engine edition 5; 12 in Fabric), where
 * nothing reaches another database and each one is a server of its own, and Babelfish, whose
 * application locks know no databases.
 */

import { DatabaseError } from './database-error.ts';
import type { Session } from './session.ts';

/** Results of sp_getapplock below zero, from its documentation. */
const refusals: Record<number, string> = {
  [-1]: 'it timed out',
  [-2]: 'it was cancelled',
  [-3]: 'it was chosen as a deadlock victim',
  [-999]: 'its parameters were refused',
};

/** Calls one of the server's two procedures where its locks are the server's. */
function call(procedure: string, result: string, given: string): string {
  // A name in a variable is looked up when it is called: Azure SQL Database refuses one of three
  // parts (40515) wherever it stands, and Babelfish knows no variable there.
  return `DECLARE @elsewhere nvarchar(100) = N'tempdb.sys.${procedure}';
IF CONVERT(int, SERVERPROPERTY('EngineEdition')) IN (5, 12)
  OR SERVERPROPERTY('Babelfish') IS NOT NULL
  EXEC ${result} sys.${procedure} ${given};
ELSE
  EXEC ${result} @elsewhere ${given};`;
}

/**
 * Waits for an exclusive lock owned by the session. The server serves waiters in their order.
 *
 * @returns false when it was not to be had within `waitMs`
 * @param waitMs for ever unless told
 * @param resource at most 255 characters
 * @param holder at most 128 characters of ASCII that `sys.dm_exec_sessions.context_info` shows
 *   from before the wait until the lock is dropped: who waits for it, and who has it
 * @throws DatabaseError, or the reason of `signal`
 */
export async function takeAppLock(
  session: Session,
  resource: string,
  holder: string,
  signal: AbortSignal,
  waitMs = -1,
): Promise<boolean> {
  const rows = await session.query(
    `DECLARE @result int, @context varbinary(128) = CONVERT(varbinary(128), @holder);
SET CONTEXT_INFO @context;
${call('sp_getapplock', '@result =', "@Resource = @resource, @LockMode = 'Exclusive', @LockOwner = 'Session', @LockTimeout = @wait")}
SELECT @result AS [result];`,
    [
      { name: 'resource', type: 'nvarchar(255)', value: resource },
      { name: 'holder', type: 'varchar(128)', value: holder },
      { name: 'wait', type: 'int', value: waitMs },
    ],
    signal,
  );
  const result = Number(rows[0]?.['result']);
  if (result === -1 && waitMs >= 0) return false;
  if (!(result >= 0)) {
    throw new DatabaseError(
      `The application lock ${resource} was refused: ${refusals[result] ?? `result ${result}`}`,
      result === -3 ? 'transient' : 'permanent',
    );
  }
  return true;
}

/** The statement that says whose session it is: `takeAppLock` leaves it so. @param holder ASCII */
export function setContext(holder: string): string {
  return `SET CONTEXT_INFO 0x${Buffer.from(holder, 'latin1').toString('hex')};`;
}

/** Gives the lock up; the session must hold it. @param holder as before, where it holds others */
export async function dropAppLock(
  session: Session,
  resource: string,
  signal: AbortSignal,
  holder = '',
): Promise<void> {
  await session.query(
    `${call('sp_releaseapplock', '', "@Resource = @resource, @LockOwner = 'Session'")}
${setContext(holder)}`,
    [{ name: 'resource', type: 'nvarchar(255)', value: resource }],
    signal,
  );
}
