/** Whether statements of a database read one moment without keeping writers waiting. */

/**
 * `on`: each statement reads what was committed when it began (READ_COMMITTED_SNAPSHOT). `asked`: one
 * that asks for it does (ALLOW_SNAPSHOT_ISOLATION). `off`: a statement reads each row when it comes
 * to it, under a lock.
 */
export type RowVersioning = 'on' | 'asked' | 'off';

/** Of the database in which it runs. */
export const rowVersioningQuery = `SELECT is_read_committed_snapshot_on AS [statements], snapshot_isolation_state AS [transactions] FROM sys.databases WHERE database_id = DB_ID()`;

/** @param row of that query; undefined: it tells nothing */
export function rowVersioningOf(row: Record<string, unknown> | undefined): RowVersioning {
  if (row?.['statements']) return 'on';
  return Number(row?.['transactions']) === 1 ? 'asked' : 'off';
}

/** What has the statement behind it read one moment; the server puts its own setting back after it. */
export const askForOneMoment = 'SET TRANSACTION ISOLATION LEVEL SNAPSHOT;';

/** 3952: another database that it reads has no snapshots. */
export const noSnapshotThere = 3952;

/** What turns it on; run with nobody else in the database. @param database quoted, or CURRENT */
export const rowVersioningOn = (database: string): string =>
  `ALTER DATABASE ${database} SET READ_COMMITTED_SNAPSHOT ON`;
