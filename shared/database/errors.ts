/** What an error of SQL Server or its driver means to us; decided by number and code, never text. */

/** `transient`: the same call may succeed; `timed out`: the driver's own limit was reached. */
export type ErrorMeaning =
  | 'transient'
  | 'permanent'
  | 'cancelled'
  | 'timed out'
  | 'login'
  | 'unreachable';

/** A failed call, with SQL Server's own particulars where it sent them. Carries no secret. */
export class DatabaseError extends Error {
  readonly meaning: ErrorMeaning;
  readonly number: number | undefined;
  readonly severity: number | undefined;
  readonly state: number | undefined;
  readonly procedure: string | undefined;
  readonly line: number | undefined;

  constructor(
    message: string,
    meaning: ErrorMeaning,
    details: {
      number?: number | undefined;
      severity?: number | undefined;
      state?: number | undefined;
      procedure?: string | undefined;
      line?: number | undefined;
    } = {},
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'DatabaseError';
    this.meaning = meaning;
    this.number = details.number;
    this.severity = details.severity;
    this.state = details.state;
    this.procedure = details.procedure;
    this.line = details.line;
  }
}

/**
 * Errors after which the same call may succeed: 1205 deadlock victim; the rest is Azure SQL's list
 * of transient faults (reconfiguration, throttling, failover) in Microsoft's "Troubleshoot
 * transient connection errors in SQL Database".
 */
const transientNumbers = new Set([1205, 40197, 40501, 40613, 49918, 49919, 49920, 10928, 10929]);

/** 18456 login failed, 18452 untrusted domain, 4060 database not accessible, 18470 disabled. */
const loginNumbers = new Set([18456, 18452, 4060, 18470, 18487, 18488]);

const unreachableCodes = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EINSTLOOKUP',
]);

/** A severity of 20 or more ends the session on the server (SQL Server documentation). */
export function leavesSessionUsable(error: unknown): boolean {
  return (
    error instanceof DatabaseError && error.number !== undefined && (error.severity ?? 16) < 20
  );
}

/** How the driver (mssql over tedious) shows an error; all members are optional on the wire. */
interface DriverError {
  message?: string;
  code?: string;
  /** Where the error is the driver's own, its code. */
  number?: number | string;
  class?: number;
  state?: number | string;
  procName?: string;
  lineNumber?: number;
  originalError?: DriverError;
  cause?: DriverError;
  /** One an address that was tried. */
  errors?: DriverError[];
  precedingErrors?: DriverError[];
}

/** Turns whatever mssql rejected with into a DatabaseError; one that is already stays as it is. */
export function toDatabaseError(error: unknown): DatabaseError {
  if (error instanceof DatabaseError) return error;
  const driver = (typeof error === 'object' && error !== null ? error : {}) as DriverError;
  // SQL Server sends the cause first and what follows from it after ("statement terminated").
  const first = driver.precedingErrors?.[0] ?? driver;
  const number = typeof first.number === 'number' ? first.number : undefined;
  const details = {
    number,
    severity: first.class,
    state: typeof first.state === 'number' ? first.state : undefined,
    procedure: first.procName || undefined,
    line: first.lineNumber,
  };
  const message = first.message ?? String(error);
  return new DatabaseError(message, meaningOf(driver, number), details, { cause: error });
}

function meaningOf(error: DriverError, number: number | undefined): ErrorMeaning {
  if (number !== undefined && transientNumbers.has(number)) return 'transient';
  if (number !== undefined && loginNumbers.has(number)) return 'login';
  for (const code of codesOf(error)) {
    if (code === 'ECANCEL') return 'cancelled';
    if (unreachableCodes.has(code)) return 'unreachable';
    if (code === 'ELOGIN' || code === 'EFEDAUTH') return 'login';
    if (code === 'ETIMEOUT') return error.code === 'EREQUEST' ? 'timed out' : 'unreachable';
    if (code === 'ECONNRESET' || code === 'EPIPE') return 'transient';
    if (code === 'ECONNCLOSED' || code === 'ECLOSE') return 'transient';
    // The connection broke between two calls: the driver has not sent this one.
    if (code === 'EINVALIDSTATE') return 'transient';
  }
  // ESOCKET alone: the connection was open and broke, or never came up; both may pass.
  return codesOf(error).includes('ESOCKET') ? 'transient' : 'permanent';
}

/** The most telling code first: the driver wraps the socket's error once or twice. */
function codesOf(error: DriverError | undefined, depth = 0): string[] {
  if (error === undefined || error === null || depth > 4) return [];
  return [
    ...codesOf(error.originalError, depth + 1),
    ...codesOf(error.cause, depth + 1),
    ...(error.errors ?? []).flatMap((one) => codesOf(one, depth + 1)),
    ...(typeof error.code === 'string' ? [error.code] : []),
  ];
}
