/** What every call of a procedure has in common: its line in the log, and faults put before it. */

import { setTimeout as delay } from 'node:timers/promises';
import { type ProcedureCall, SqlServerError, type SqlValue } from '../procedure.ts';
import type { SqlType } from '../values/types.ts';
import type { Database } from './database.ts';
import { Ended } from './outcome.ts';
import type { Request } from './state.ts';

export interface Outcome {
  returned: number;
  /** Values of OUTPUT parameters after the call, by lower-case name with `@`. */
  outputs: Map<string, { type: SqlType; value: SqlValue }>;
}

/** What the control interface put before this call. */
export async function faultsBefore(
  { session, signal }: Request,
  procedure: string,
  database: Database,
  parameters: Readonly<Record<string, SqlValue>>,
): Promise<void> {
  const fault = session.instance.faults.take(procedure, database.name, parameters, session.spid);
  if (fault.delay > 0) await delay(fault.delay, undefined, { signal });
  if (fault.error) throw fault.error;
}

export function logFailure(
  { session, signal }: Request,
  call: ProcedureCall,
  error: unknown,
): void {
  const { callLog } = session.instance;
  if (signal.aborted) {
    const cancelled = signal.reason instanceof Error && signal.reason.name === 'AbortError';
    callLog.end(call, cancelled ? 'cancelled' : 'disconnected');
  } else if (error instanceof SqlServerError) {
    callLog.end(call, 'error', { number: error.number, message: error.message });
  } else {
    const message =
      error instanceof Ended ? 'ended by an error that the client was told' : String(error);
    callLog.end(call, 'error', { number: error instanceof Ended ? session.lastError : 0, message });
  }
}
