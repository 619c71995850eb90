/** Procedures that may be called again at any time, because doing so twice changes nothing. */

import { type RetryPolicy, withRetries } from '../retry.ts';
import type { ProcedureCall } from './call.ts';
import type { Databases } from './databases.ts';
import { leavesSessionUsable, toDatabaseError } from './errors.ts';
import { judgedReturn, type ReturnCheck } from './return-value.ts';

/** A fail-over of Azure SQL takes some seconds. */
const retry: RetryPolicy = { attempts: 5, baseMs: 200, capMs: 5_000 };

export interface RepeatableCall extends ProcedureCall {
  returnCheck: ReturnCheck;
  /** Told of each success: the warning about what the procedure returned, or that there is none. */
  onReturn?: (warning: string | undefined) => void;
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
    const { output, returnValue } = await session.call(call, () => {}, signal);
    const warning = judgedReturn(call.procedure, returnValue, call.returnCheck);
    session.release();
    call.onReturn?.(warning);
    return output;
  } catch (error) {
    if (leavesSessionUsable(error)) session.release();
    else session.destroy();
    throw error;
  }
}
