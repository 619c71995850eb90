/**
 * Procedures that may be called again at any time, because doing so twice changes nothing. They have
 * transactions of their own: one around them would only hold their locks for longer.
 */

import { type RetryPolicy, withRetries } from '../async/retry.ts';
import { toDatabaseError } from './database-error.ts';
import type { Databases } from './databases.ts';
import type { ProcedureCall, ProcedureResult } from './procedure-call.ts';
import { judgedReturn, type ReturnCheck } from './return-value.ts';
import { callOnTerms } from './transaction.ts';

/** A fail-over of Azure SQL takes some seconds. */
const retry: RetryPolicy = { attempts: 5, baseMs: 200, capMs: 5_000 };

export interface RepeatableCall extends ProcedureCall {
  returnCheck: ReturnCheck;
  /** Told of each success: the warning about what the procedure returned, or that there is none. */
  onReturn?: (warning: string | undefined) => void;
  /** Gets what the procedure says, of each try. */
  onMessage?: (text: string) => void;
}

/**
 * Calls until it succeeds, as long as what went wrong may pass.
 *
 * @returns the values of the output parameters
 * @throws DatabaseError, or the reason of `signal`
 */
export function callRepeatable(
  databases: Databases,
  database: string,
  call: RepeatableCall,
  signal: AbortSignal,
): Promise<Record<string, unknown>> {
  return withRetries(() => callOnce(databases, database, call, signal), isPassing, retry, signal);
}

function isPassing(error: unknown): boolean {
  const { meaning } = toDatabaseError(error);
  return meaning === 'transient' || meaning === 'unreachable';
}

async function callOnce(
  databases: Databases,
  database: string,
  call: RepeatableCall,
  signal: AbortSignal,
): Promise<Record<string, unknown>> {
  const session = await databases.session(database, signal);
  try {
    let warning: string | undefined;
    const judge = ({ output, returnValue }: ProcedureResult) => {
      warning = judgedReturn(call.procedure, returnValue, call.returnCheck);
      return output;
    };
    const { onMessage = () => {} } = call;
    const terms = { transaction: 'none' as const, onMessage, judge };
    const output = await callOnTerms(session, call, terms, signal);
    call.onReturn?.(warning);
    return output;
  } finally {
    // Unless the call has destroyed it.
    session.release();
  }
}
