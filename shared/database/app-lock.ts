/** SQL Server's application locks: a fence that the server itself drops when a session dies. */

import { DatabaseError } from './errors.ts';
import type { Session } from './session.ts';

/** Results of sp_getapplock below zero, from its documentation. */
const refusals: Record<number, string> = {
  [-1]: 'it timed out',
  [-2]: 'it was cancelled',
  [-3]: 'it was chosen as a deadlock victim',
  [-999]: 'its parameters were refused',
};

/**
 * Waits for an exclusive lock owned by the session. The server serves waiters in their order.
 *
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
): Promise<void> {
  const rows = await session.query(
    `DECLARE @result int, @context varbinary(128) = CONVERT(varbinary(128), @holder);
SET CONTEXT_INFO @context;
EXEC @result = sys.sp_getapplock @Resource = @resource, @LockMode = 'Exclusive',
  @LockOwner = 'Session', @LockTimeout = -1;
SELECT @result AS [result];`,
    [
      { name: 'resource', type: 'nvarchar(255)', value: resource },
      { name: 'holder', type: 'varchar(128)', value: holder },
    ],
    signal,
  );
  const result = Number(rows[0]?.['result']);
  if (!(result >= 0)) {
    throw new DatabaseError(
      `The application lock ${resource} was refused: ${refusals[result] ?? `result ${result}`}`,
      result === -3 ? 'transient' : 'permanent',
    );
  }
}

/** Gives the lock up; the session must hold it. */
export async function dropAppLock(
  session: Session,
  resource: string,
  signal: AbortSignal,
): Promise<void> {
  await session.query(
    `EXEC sys.sp_releaseapplock @Resource = @resource, @LockOwner = 'Session';
SET CONTEXT_INFO 0x;`,
    [{ name: 'resource', type: 'nvarchar(255)', value: resource }],
    signal,
  );
}
