/**
 * Procedures that may be called again at any time, because doing so twice changes nothing. They have
 * transactions of their own: one around them would only hold their locks for longer.
 */

import { type RetryPolicy, withRetries } from '../retry.ts';
import type { ProcedureCall, ProcedureResult } from './call.ts';
import type { Databases } from './databases.ts';
import { toDatabaseError } from './errors.ts';
import { callOnTerms } from './transaction.ts';

/** A fail-over of Azure SQL takes some seconds. */
const retry: RetryPolicy = { attempts: 5, baseMs: 200, capMs: 5_000 };

/**
 * Calls until it succeeds, as long as what went wrong may pass.
 *
 * @returns the values of the output parameters
 * @throws DatabaseError, or the reason of `signal`
 */
export function callRepeatable(
  databases: Databases,
  database: string,
  call: ProcedureCall,
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
  call: ProcedureCall,
  signal: AbortSignal,
): Promise<Record<string, unknown>> {
  const session = await databases.session(database, signal);
  try {
    const judge = ({ output }: ProcedureResult) => output;
    return await callOnTerms(session, call, { transaction: 'none', judge }, signal);
  } finally {
    // Unless the call has destroyed it.
    session.release();
  }
}
