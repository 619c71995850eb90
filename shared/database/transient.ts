/**
 * SQL Server's errors that pass: the same call may succeed when it is made again.
 *
 * Whoever keeps a list keeps it for its own purpose; together they are what Microsoft says:
 *
 * - `EF`: Entity Framework Core, `SqlServerTransientExceptionDetector.ShouldRetryOn`
 * - `SqlClient`: Microsoft.Data.SqlClient, `SqlConfigurableRetryFactory.BaselineTransientErrors`, and
 *   what `SqlConnection` makes a login again for
 * - `JDBC`: Microsoft JDBC Driver for SQL Server, `SQLServerError.TransientError`
 * - `messages`: sys.messages, where the text itself says that it passes ("Try the operation again
 *   later", "wait and try again"), of availability groups and of a server that starts or stops
 *
 * Numbers that only a driver makes up on Windows (20, 64, 121, 233, 997, 10053, 10054, 10060,
 * 11001) come over the wire from a linked server; what befalls our own connection has a code in
 * Node and no number (`errors.ts`). Left out of EF's list: 203, which counts there only with a
 * Windows exception inside.
 */

export type TransientSource = 'EF' | 'SqlClient' | 'JDBC' | 'messages';

export interface TransientError {
  number: number;
  /** Why it passes. */
  reason: string;
  sources: readonly TransientSource[];
}

type Row = readonly [number: number, reason: string, ...sources: TransientSource[]];

/** The network, or a linked server's: the connection broke or was not made in time. */
const network: readonly Row[] = [
  [20, 'no encryption was agreed on', 'EF'],
  [64, 'the network name is gone during the login', 'EF', 'JDBC'],
  [121, 'the semaphore timeout is over', 'EF'],
  [233, 'nobody at the other end during the login', 'EF', 'SqlClient', 'JDBC'],
  [997, 'the login was still under way', 'EF', 'SqlClient'],
  [10053, 'the connection was aborted', 'EF', 'JDBC'],
  [10054, 'the connection was reset', 'EF', 'JDBC'],
  [10060, 'no answer while connecting', 'EF', 'SqlClient'],
  [11001, 'the name of the host was not found', 'EF'],
];

/** The database is not there for a while: it starts, recovers, moves, or changes its role. */
const database: readonly Row[] = [
  [615, 'the database may be offline: wait some minutes', 'EF'],
  [904, 'no database starts while the server starts or stops', 'messages'],
  [921, 'not recovered yet', 'EF'],
  [922, 'being recovered', 'messages'],
  [926, 'recovery marked it; a restart or fail-over may follow', 'EF'],
  [927, 'being restored', 'EF'],
  [941, 'not started yet', 'EF'],
  [952, 'in transition', 'EF'],
  [
    976,
    'availability group: data movement is suspended, or the replica takes no readers',
    'messages',
  ],
  [982, 'availability group: no readable secondary is online', 'EF'],
  [983, 'availability group: the replica is neither primary nor secondary', 'messages'],
  [988, 'availability group: no quorum', 'EF'],
  [1404, 'the mirror is busy', 'EF'],
  [1413, 'mirroring has not started yet', 'EF'],
  [1421, 'the mirror did not answer in time', 'EF'],
  [1438, 'the mirror refused for now', 'EF'],
  [4060, 'it cannot be opened: it may be failing over', 'EF', 'SqlClient', 'JDBC'],
  [4221, 'the secondary lacks row versions after a restart', 'EF', 'SqlClient', 'JDBC'],
  [6005, 'the server shuts down: another one may take over', 'messages'],
  [14906, 'the remote database is not accessible', 'EF'],
  [17197, 'the login took too long: heavy load', 'EF'],
  [17889, 'as many connections as one session may have', 'EF'],
  [18401, 'the server upgrades itself, as after a fail-over', 'EF'],
  [19494, 'automatic seeding failed for now', 'EF'],
  [35216, 'the primary is offline for a while', 'EF'],
  [35218, 'the primary is offline for a while', 'EF'],
  [35256, 'the other replica did not answer in time', 'EF'],
  [35293, 'the recovery forks changed meanwhile', 'EF'],
];

/** Locks, versions and validations: another transaction was in the way. */
const concurrency: readonly Row[] = [
  [539, 'a schema changed meanwhile', 'EF'],
  [601, 'rows moved behind a scan', 'EF'],
  [617, 'a work table is missing an entry', 'EF'],
  [669, 'a row was inconsistent', 'EF'],
  [1203, 'a resource was unlocked that was not held', 'EF'],
  [1204, 'no lock to be had at this time', 'EF', 'SqlClient'],
  [1205, 'victim of a deadlock', 'EF', 'SqlClient'],
  [1215, 'another one waits for transactions to roll back', 'EF'],
  [1216, 'a system task is in the way', 'EF'],
  [1221, 'locks were given back that were not held', 'EF'],
  [1222, 'the time to wait for a lock is over', 'EF', 'SqlClient'],
  [1232, 'the lock manager did not answer', 'EF'],
  [1807, 'somebody uses the database model', 'EF'],
  [2021, 'a referenced entity changed meanwhile', 'EF'],
  [2816, 'metadata changed meanwhile', 'EF'],
  [3429, 'a transaction over databases was in doubt', 'EF'],
  [3635, 'metadata could not be processed', 'EF'],
  [3935, 'no FILESTREAM transaction for lack of resources', 'EF'],
  [3941, 'change data capture was switched on meanwhile', 'EF'],
  [3947, 'the secondary did not catch up', 'EF'],
  [3948, 'the replica changed its state', 'EF'],
  [3950, 'the version store was too busy', 'EF'],
  [3953, 'snapshot: the database was not recovered', 'EF'],
  [3957, 'snapshot: not allowed when the transaction began', 'EF'],
  [3960, 'snapshot: another transaction changed the row', 'EF'],
  [3966, 'the version store made room', 'EF'],
  [3980, 'the batch was aborted, or the session is busy', 'EF'],
  [4117, 'the schema of a table changes too often', 'EF'],
  [4184, 'the schema of a table changes too often', 'EF'],
  [5280, 'a consistency check met something unexpected', 'EF'],
  [5529, 'a FILESTREAM file is not hardened yet', 'EF'],
  [6292, 'the transaction has ended already', 'EF'],
  [7951, 'a FILESTREAM check was not finished', 'EF'],
  [9515, 'an XML schema changed meanwhile', 'EF'],
  [11539, 'a type changed meanwhile', 'EF'],
  [41301, 'in memory: a transaction depended on failed', 'EF'],
  [41302, 'in memory: another transaction changed the row', 'EF'],
  [41305, 'in memory: what was read has changed', 'EF'],
  [41325, 'in memory: rows have come meanwhile', 'EF'],
  [41339, 'in memory: the table changed meanwhile', 'EF'],
  [41383, 'a view changed meanwhile', 'EF'],
  [41839, 'in memory: too many transactions depended on', 'EF'],
  [42029, 'no row version to be had', 'EF'],
];

/** Memory, disk and internal resources: others have them for now. */
const resources: readonly Row[] = [
  [1532, 'an extent of a sort is not shared', 'EF'],
  [1533, 'an extent of a sort is not shared', 'EF'],
  [1534, 'an extent of a sort is not shared', 'EF'],
  [1535, 'the directory of shared extents is full', 'EF'],
  [8628, 'no time to optimize the query', 'EF'],
  [8645, 'no memory for the query in time', 'EF'],
  [8651, 'no memory for the query', 'EF'],
  [9020, 'the log shrinks', 'EF'],
  [9985, 'no memory for a property list', 'EF'],
  [10922, 'the statement failed and may be run again', 'EF'],
  [14355, 'a helper service is busy', 'EF'],
  [14817, 'a remote server is not accessible', 'EF'],
  [14868, 'a migration is in progress', 'EF'],
  [16528, 'the operation failed and may be made later', 'EF'],
  [16554, 'a background task failed', 'EF'],
  [16555, 'rejected rows could not be processed', 'EF'],
  [17065, 'an assertion that timing may break', 'EF'],
  [17066, 'an assertion that timing may break', 'EF'],
  [17067, 'an assertion that timing may break', 'EF'],
  [18858, 'a table of replication could not be read', 'EF'],
  [19413, 'the cluster context cannot change now', 'EF'],
  [19416, 'databases of the group are not synchronized', 'EF'],
  [20041, 'a trigger could not run', 'EF'],
  [21503, 'merge processes are running', 'EF'],
  [22984, 'the history of the log reader was not ready', 'EF'],
  [25003, 'an upgrade is to be run again', 'EF'],
  [25738, 'the system is busy', 'EF'],
  [25740, 'the system is busy', 'EF'],
  [30080, 'a full-text catalog is being imported', 'EF'],
  [30085, 'no memory for a stoplist', 'EF'],
  [33123, 'an encryption key is in use', 'EF'],
  [37327, 'as many checks as an enclave may run', 'EF'],
  [39025, 'external scripts are not ready yet', 'EF'],
  [39108, 'as many users of scripts as there may be', 'EF'],
  [39110, 'as many scripts as there may be', 'EF'],
  [39151, 'the streaming runtime did not answer', 'EF'],
  [39152, 'the streaming runtime is stopping', 'EF'],
  [41614, 'the fabric failed for now', 'EF'],
  [41619, 'the fabric failed for now', 'EF'],
  [41640, 'a task of the database failed for now', 'EF'],
  [41700, 'the replica manager has not started', 'EF'],
  [41701, 'the fabric runtime is not available', 'EF'],
  [41823, 'in memory: the quota of the database', 'EF'],
  [41840, 'in memory: the quota of the pool', 'EF'],
  [47132, 'contained databases are in use', 'EF'],
  [47137, 'contained databases cannot be made now', 'EF'],
  [47139, 'contained databases cannot be made now', 'EF'],
];

/** Azure SQL: the service moves the database, or has too much to do. */
const azure: readonly Row[] = [
  [10928, 'a limit of the database is reached', 'EF', 'SqlClient', 'JDBC'],
  [10929, 'the server is too busy for more than the minimum', 'EF', 'SqlClient', 'JDBC'],
  [10930, 'the service is too busy', 'EF'],
  [10936, 'the requests of the elastic pool are at their limit', 'EF'],
  [22225, 'an internal error that may pass', 'EF'],
  [22226, 'an internal error that may pass', 'EF'],
  [22335, 'an internal error that may pass', 'EF'],
  [22353, 'an internal error that may pass', 'EF'],
  [22355, 'an internal error that may pass', 'EF'],
  [22358, 'the controller of the database was not found', 'EF'],
  [22427, 'a background task failed', 'EF'],
  [22430, 'the database shuts down', 'EF'],
  [22491, 'an internal error that may pass', 'EF'],
  [22493, 'the database could not be synchronized', 'EF'],
  [22498, 'not enough resources', 'EF'],
  [22754, 'a task of Synapse Link did not end in time', 'EF'],
  [22758, 'a task of Synapse Link did not end in time', 'EF'],
  [22759, 'a task of Synapse Link did not end in time', 'EF'],
  [22760, 'a task of Synapse Link did not end in time', 'EF'],
  [37202, 'the instance pool is busy', 'EF'],
  [37396, 'the token has expired: a new connection has a new one', 'messages'],
  [40020, 'fail-over or upgrade', 'SqlClient', 'JDBC'],
  [40106, 'the scope of the session is another one', 'EF'],
  [40143, 'fail-over or upgrade', 'EF', 'SqlClient', 'JDBC'],
  [40166, 'fail-over or upgrade', 'SqlClient', 'JDBC'],
  [40189, 'the quota of this time is used up', 'EF'],
  [40197, 'fail-over or upgrade', 'EF', 'SqlClient', 'JDBC'],
  [40501, 'the service is busy: in ten seconds', 'EF', 'SqlClient', 'JDBC'],
  [40540, 'fail-over or upgrade', 'EF', 'SqlClient', 'JDBC'],
  [40613, 'the database is not available at the moment', 'EF', 'SqlClient', 'JDBC'],
  [40623, 'the login must be made again', 'EF'],
  [40642, 'the server is too busy', 'EF'],
  [40648, 'too many requests', 'EF'],
  [40671, 'the connection is to be made later', 'EF'],
  [40675, 'the service is too busy', 'EF'],
  [40890, 'the elastic pool is busy', 'EF'],
  [40903, 'the server is busy: some minutes', 'EF'],
  [40918, 'the fail-over group is busy', 'EF'],
  [40938, 'the alias is busy', 'EF'],
  [42108, 'the SQL pool is paused', 'EF', 'SqlClient', 'JDBC'],
  [42109, 'the SQL pool is warming up', 'EF', 'SqlClient', 'JDBC'],
  [45153, 'the management service is not available', 'EF'],
  [45156, 'the subscription is busy', 'EF'],
  [45157, 'the server is busy', 'EF'],
  [45161, 'the managed instance is busy', 'EF'],
  [45179, 'the operation timed out and was rolled back', 'EF'],
  [45182, 'the database is busy', 'EF'],
  [45319, 'the database is too busy for another size', 'EF'],
  [45547, 'a creation did not end in time', 'EF'],
  [49510, 'the managed instance is busy', 'EF'],
  [49802, 'the database is not available at the moment', 'EF'],
  [49918, 'not enough resources', 'EF', 'SqlClient', 'JDBC'],
  [49919, 'too many operations of the subscription', 'EF', 'SqlClient', 'JDBC'],
  [49920, 'too many operations of the subscription', 'EF', 'SqlClient', 'JDBC'],
  [49977, 'the elastic pool is busy', 'EF'],
  [49983, 'the operation did not complete', 'EF'],
];

export const transientErrors: ReadonlyMap<number, TransientError> = new Map(
  [network, database, concurrency, resources, azure]
    .flat()
    .map(([number, reason, ...sources]) => [number, { number, reason, sources }]),
);

/** The database does not take part for a while, and may elsewhere: at the other end of a listener. */
const movedNumbers = database.map(([number]) => number);

/**
 * Errors of a severity below 20 whose session serves nobody any more. What is `database` stays so
 * on this connection, while a new one is led to where the database is; Azure closes connections of
 * its own; 37396 asks for a new token, which only a login brings; 3980 leaves a batch behind; 596 is
 * a killed session; 40544 to 40553 are Azure's for sessions that it ended.
 */
export const sessionEndingNumbers: ReadonlySet<number> = new Set([
  ...movedNumbers,
  ...azure.map(([number]) => number),
  ...[596, 3980, 40544, 40549, 40550, 40551, 40552, 40553],
]);
