/**
 * One procedure call, with a transaction around it or without. What has become of transactions in a
 * procedure no answer tells for sure, so the server is asked for their count afterwards, in the
 * batch that commits. The count says nothing of a transaction that was ended and begun anew, as loads
 * in batches and handlers do that keep their caller's count; that came with the answers.
 */

import { setContext } from './app-lock.ts';
import { DatabaseError, leavesSessionUsable, toDatabaseError } from './database-error.ts';
import type { TransactionEnds } from './driver-connection.ts';
import type { ProcedureCall, ProcedureResult } from './procedure-call.ts';
import type { Session } from './session.ts';

/** `own`: begun before the call, committed after it; `none`: the procedure sees to its own. */
export const transactionModes = ['own', 'none'] as const;
export type TransactionMode = (typeof transactionModes)[number];

export interface CallTerms<T> {
  transaction: TransactionMode;
  /**
   * What the session's context info shall be after the call, as `takeAppLock` has it: whose session
   * it is, and not what the procedure has made of it (a flag for triggers, as a rule).
   */
  holder?: string;
  /** SET options that are ON around the call, of the catalogue's allow-list. */
  setOptions?: readonly string[];
  /** Gets every PRINT and RAISERROR of severity 10 or less as it arrives. */
  onMessage?: (text: string) => void;
  /**
   * Awaited right before the call is sent, with the transaction begun: what fails earlier has called
   * nothing. What it throws ends the session.
   */
  onCall?: () => void | Promise<void>;
  /** Looks at the result before anything is committed: what it throws undoes an own transaction. */
  judge: (result: ProcedureResult) => T;
}

/** A procedure ended with another count of transactions than it began with. */
const countChanged = 266;

/**
 * A commit waits for the log, and for replicas that are synchronous. The caller's signal does not
 * take it back: nobody would know whether it had happened.
 */
const settleMs = 30_000;

/**
 * Calls the procedure. No transaction is open afterwards: what the procedure left over is rolled
 * back, and its session destroyed, as is one whose state nobody knows.
 *
 * @returns what `judge` made of the result, once the server has committed
 * @throws DatabaseError, the reason of `signal`, or what `judge` throws. Nothing of an own
 *   transaction is left then, unless the message says that this is not known. Another count of
 *   transactions than before is `permanent`.
 */
export async function callOnTerms<T>(
  session: Session,
  call: ProcedureCall,
  {
    transaction,
    holder,
    setOptions = [],
    onMessage = () => {},
    onCall = () => {},
    judge,
  }: CallTerms<T>,
  signal: AbortSignal,
): Promise<T> {
  const began = transaction === 'own' ? 1 : 0;
  const context = holder === undefined ? '' : setContext(holder);
  const closing = `${setStatements(setOptions, 'OFF')}${context}`;
  let ended = false;
  let judged: T;
  let before = session.transactionEnds;
  try {
    const opening = `${setStatements(setOptions, 'ON')}${began > 0 ? 'BEGIN TRANSACTION;' : ''}`;
    if (opening !== '') await begin(session, opening, signal);
    before = session.transactionEnds;
    signal.throwIfAborted();
    await onCall();
    const result = await session.call(call, onMessage, signal);
    ended = true;
    judged = judge(result);
    signal.throwIfAborted();
  } catch (error) {
    // Cancelled, timed out or broken: whether the server has stopped is not known for sure.
    const canBeAsked = !signal.aborted && (ended || leavesSessionUsable(error));
    if (canBeAsked) throw await undone(session, error, { began, before }, closing, signal);
    session.destroy();
    throw error;
  }
  await settle(session, { began, before }, closing);
  return judged;
}

/** Nothing of it waits for anything on a server that is there. */
async function begin(session: Session, opening: string, signal: AbortSignal): Promise<void> {
  const limit = AbortSignal.timeout(settleMs);
  try {
    await session.batch(opening, AbortSignal.any([signal, limit]));
  } catch (error) {
    if (signal.aborted || error !== limit.reason) throw error;
    throw new DatabaseError(`The server began no transaction in ${settleMs / 1000} s`, 'transient');
  }
}

/** How it was right before the call. */
interface Beginning {
  /** Open transactions. */
  began: number;
  before: TransactionEnds;
}

/** Commits an own transaction, and makes sure that nothing of the procedure's work was lost. */
async function settle(session: Session, beginning: Beginning, closing: string): Promise<void> {
  const { began, before } = beginning;
  // One that it committed and began anew is no loss: then all of its work is committed.
  const isLost = began > 0 && session.transactionEnds.rollbacks > before.rollbacks;
  const commit = began > 0 && !isLost ? 'IF @@TRANCOUNT = 1 COMMIT TRANSACTION;' : '';
  let open: number;
  try {
    open = await openTransactions(session, commit, closing, AbortSignal.timeout(settleMs));
  } catch (error) {
    session.destroy();
    throw leavesSessionUsable(error) ? error : unknownEnd(error, began);
  }
  if (open === began && !isLost) return;
  session.destroy();
  throw new DatabaseError(changeOf(open, began), 'permanent', { number: countChanged });
}

/** Rolls back what the failed call has left. @returns the error to throw */
async function undone(
  session: Session,
  error: unknown,
  { began, before }: Beginning,
  closing: string,
  signal: AbortSignal,
): Promise<unknown> {
  const hasCommitted = began > 0 && session.transactionEnds.commits > before.commits;
  let open: number;
  try {
    open = await openTransactions(session, '', closing, signal);
  } catch {
    // The end of the session rolls back, too.
    session.destroy();
    return error;
  }
  const told = toDatabaseError(error);
  const isAboutCount = told.number === countChanged;
  // Fewer than before, or another one, is what many an error does by itself, or its handler.
  if (open <= began && !isAboutCount && !hasCommitted) return error;
  session.destroy();
  const message = isAboutCount ? changeOf(open, began) : `${told.message} ${changeOf(open, began)}`;
  return new DatabaseError(message, 'permanent', told, { cause: error });
}

/** Asks for the count, does what is to be done, and rolls back whatever is open then. */
async function openTransactions(
  session: Session,
  commit: string,
  closing: string,
  signal: AbortSignal,
): Promise<number> {
  const [row] = await session.batch(
    `SELECT @@TRANCOUNT AS [open]; ${commit}
IF @@TRANCOUNT > 0 ROLLBACK TRANSACTION; ${closing}`,
    signal,
  );
  return Number(row?.['open']);
}

function changeOf(open: number, began: number): string {
  const counts = `${open} open after it, ${began} before`;
  if (open > began) {
    return `The procedure left a transaction open (${counts}): it has been rolled back.`;
  }
  const now = open === began ? 'another one is open after it' : counts;
  return `The procedure ended the transaction that it was called in (${now}): what it had not committed itself is rolled back. If it manages transactions of its own, the catalogue must say "transaction": "none".`;
}

/** The same call may be made again only where the catalogue calls it repeatable. */
function unknownEnd(error: unknown, began: number): DatabaseError {
  const { message, meaning, ...details } = toDatabaseError(error);
  // A server that has ended the session says why: one that was killed (596) is not begun again.
  const isLost = details.number === undefined && meaning !== 'unreachable';
  const what = began > 0 ? 'its work was committed' : 'it left a transaction open';
  return new DatabaseError(
    `The procedure ended, but whether ${what} is not known: ${message}`,
    isLost ? 'transient' : meaning,
    details,
    { cause: error },
  );
}

/** The options come from the catalogue's allow-list. */
function setStatements(options: readonly string[], value: 'ON' | 'OFF'): string {
  return options.map((option) => `SET ${option} ${value}; `).join('');
}
