/** What the driver's connections (tedious 20.3.9) need that the driver leaves undone. */

import type { EventEmitter } from 'node:events';

/** What we touch of a connection; mssql's type file has none. */
export interface DriverConnection {
  on(event: 'connect', listener: (error?: Error & { saidAtLogin?: object[] }) => void): unknown;
  on(event: 'errorMessage', listener: (message: object) => void): unknown;
  off(event: 'errorMessage', listener: (message: object) => void): unknown;
  socket?: { setNoDelay(noDelay: boolean): unknown };
  /** Reads one answer, tells the handler of its parts and says `end` when it has come to its end. */
  createTokenStreamParser(message: unknown, handler: TransactionHandler): EventEmitter;
  /** Called once, when the connection is closed for whatever reason. */
  cleanupConnection(): void;
}

/** Is told what a server says of transactions, whoever begins and ends them (ENVCHANGE 8 to 10). */
interface TransactionHandler {
  onCommitTransaction(token: unknown): void;
  onRollbackTransaction(token: unknown): void;
}

/** What we touch of a connection that a pool has lent. */
export interface ResettableConnection {
  /** Sets RESETCONNECTION in the header of the next request, and is lowered with it. */
  resetConnectionOnNextRequest: boolean;
  /** The transaction that each request is said to belong to is the last one; the first: none. */
  transactionDescriptors: unknown[];
  /** The SET statements of a login: the driver leaves the protocol's own way of saying them off. */
  getInitialSql(): string;
}

/**
 * The next request makes the server reset the session before it is served. It must be a batch that
 * sets the options of a login again, or the session has the server's bare defaults (ANSI_NULLS OFF):
 * the one that is returned. It sets the isolation level, too, which a reset leaves on some versions.
 */
export function resetWithNextRequest(connection: ResettableConnection): string {
  connection.resetConnectionOnNextRequest = true;
  // A request of a transaction that the reset has just ended is refused (3971).
  connection.transactionDescriptors.length = 1;
  return `${connection.getInitialSql()}\nset transaction isolation level read committed`;
}

/** How many transactions have ended on a connection so far, whoever had begun them. */
export interface TransactionEnds {
  commits: number;
  rollbacks: number;
}

const ends = new WeakMap<object, TransactionEnds>();

/** As the answers have told; of a server that tells nothing (Babelfish) none. */
export function transactionEnds(connection: object): TransactionEnds {
  return { ...(ends.get(connection) ?? { commits: 0, rollbacks: 0 }) };
}

/**
 * For `beforeConnect`, where the pool hands each of its connections over. After a redirect of Azure
 * SQL's the socket is another one, so it is the one that logged in that counts.
 */
export function prepareConnection(connection: DriverConnection): void {
  const said: object[] = [];
  // The driver keeps the text of the last one only: of 4060 and 18456, which comes after it, that.
  const listen = (message: object) => said.push(message);
  connection.on('errorMessage', listen);
  connection.on('connect', (error) => {
    connection.off('errorMessage', listen);
    if (error !== undefined && said.length > 0) error.saidAtLogin = said;
    sendAtOnce(connection);
    countEnds(connection);
    leaveAnswersOfClosed(connection);
  });
}

/**
 * The driver writes a request packet by packet (4 KB) and leaves Nagle's algorithm on: the last one
 * waits for the server's delayed acknowledgement of those before, 40 ms for each request that does
 * not fit one packet.
 */
function sendAtOnce(connection: DriverConnection): void {
  connection.socket?.setNoDelay(true);
}

/** The driver forgets a transaction that has ended; how it ended only the handler is told. */
function countEnds(connection: DriverConnection): void {
  const counts: TransactionEnds = { commits: 0, rollbacks: 0 };
  ends.set(connection, counts);
  const create = connection.createTokenStreamParser.bind(connection);
  connection.createTokenStreamParser = (message, handler) => {
    const onCommit = handler.onCommitTransaction.bind(handler);
    const onRollback = handler.onRollbackTransaction.bind(handler);
    handler.onCommitTransaction = (token) => {
      counts.commits += 1;
      onCommit(token);
    };
    handler.onRollbackTransaction = (token) => {
      counts.rollbacks += 1;
      onRollback(token);
    };
    return create(message, handler);
  };
}

/**
 * An answer may have come whole while its rows wait for a slow reader. When the connection closes
 * then (a server that shuts down or kills the session), the driver fails the request and forgets
 * it, goes on reading, and looks for it again at the end of the answer: an exception that nobody
 * can catch ends the process. So nothing is told of that end any more.
 */
function leaveAnswersOfClosed(connection: DriverConnection): void {
  let isClosed = false;
  const create = connection.createTokenStreamParser.bind(connection);
  const cleanUp = connection.cleanupConnection.bind(connection);
  connection.createTokenStreamParser = (...parameters) => {
    const answer = create(...parameters);
    const emit = answer.emit.bind(answer);
    answer.emit = (...event) => !isClosed && emit(...event);
    return answer;
  };
  connection.cleanupConnection = () => {
    isClosed = true;
    cleanUp();
  };
}
