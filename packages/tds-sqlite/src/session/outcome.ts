/**
 * What an error does to what runs. Three sizes, as in SQL Server:
 * `statement` ends the statement, the batch goes on; `scope` ends the procedure or batch it is in
 * (a name that is only resolved when the statement runs); `batch` ends everything and rolls back.
 */

import { SqlServerError } from '../procedure.ts';
import type { CaughtError } from './state.ts';

export type Effect = 'statement' | 'scope' | 'batch';

/** Found when a statement is compiled, which happens when its turn comes. */
const compileErrors = new Set([
  107, 108, 109, 110, 116, 120, 121, 134, 137, 141, 145, 147, 155, 174, 189, 195, 205, 206, 207,
  208, 209, 213, 257, 263, 264, 271, 402, 529, 911, 1011, 1013, 1033, 1038, 1087, 4104, 4108, 4112,
  4121, 4145, 8101, 8117, 8118, 8120, 8121, 8127, 8155, 8156, 8158, 8159, 8164, 8631, 10709, 10753,
  40515,
]);

/** Conversions that fail, deadlock, nesting: the transaction is rolled back with the batch. */
const batchErrors = new Set([
  217, 241, 242, 244, 245, 248, 295, 1205, 8114, 8169, 8624, 13607, 13608, 13609,
]);

export function effectOf(error: SqlServerError): Effect {
  if (compileErrors.has(error.number)) return 'scope';
  return batchErrors.has(error.number) ? 'batch' : 'statement';
}

/** Already reported: unwinds to the end of the scope it names. */
export class Ended extends Error {
  readonly scope: 'scope' | 'batch';

  constructor(scope: 'scope' | 'batch') {
    super('ended by an error that the client has been told');
    this.scope = scope;
  }
}

/** With the line and procedure it was raised at, unless it knows better. */
export function located(
  error: SqlServerError,
  line: number,
  procedure: string | undefined,
): SqlServerError {
  const own = error.procedure ?? procedure;
  if (error.line !== 0 && error.procedure === own) return error;
  const { number, message, severity, state, preceding } = error;
  return new SqlServerError(number, message, {
    severity,
    state,
    ...(preceding && { preceding }),
    line: error.line === 0 ? line : error.line,
    ...(own !== undefined && { procedure: own }),
  });
}

export function caughtFrom({
  number,
  severity,
  state,
  message,
  procedure,
  line,
}: SqlServerError): CaughtError {
  return { number, severity, state, message, procedure, line };
}

/** THROW and RAISERROR: raised on purpose, so that XACT_ABORT does not concern RAISERROR. */
const raisedOnPurpose = new WeakMap<SqlServerError, 'throw' | 'raiserror'>();

export function raised(error: SqlServerError, by: 'throw' | 'raiserror'): SqlServerError {
  raisedOnPurpose.set(error, by);
  return error;
}

export const raisedBy = (error: SqlServerError) => raisedOnPurpose.get(error);
