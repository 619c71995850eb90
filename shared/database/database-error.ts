/** What an error of SQL Server or its driver means to us; decided by number and code, never text. */

import { sessionEndingNumbers, transientErrors } from './transient.ts';

/** `transient`: the same call may succeed; `timed out`: the driver's own limit was reached. */
export type ErrorMeaning =
  | 'transient'
  | 'permanent'
  | 'cancelled'
  | 'timed out'
  | 'login'
  | 'unreachable';

interface ErrorDetails {
  number?: number | undefined;
  severity?: number | undefined;
  state?: number | undefined;
  procedure?: string | undefined;
  line?: number | undefined;
}

/** A failed call, with SQL Server's own particulars where it sent them. Carries no secret. */
export class DatabaseError extends Error {
  readonly meaning: ErrorMeaning;
  readonly number: number | undefined;
  readonly severity: number | undefined;
  readonly state: number | undefined;
  readonly procedure: string | undefined;
  readonly line: number | undefined;
  /** The connection broke, or the server has ended the session: nobody may use it again. */
  readonly endedSession: boolean;

  constructor(
    message: string,
    meaning: ErrorMeaning,
    details: ErrorDetails & { endedSession?: boolean } = {},
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
    this.endedSession = details.endedSession ?? false;
  }
}

/**
 * 18456 login failed, 18452 untrusted domain, 18470 disabled, 18487 and 18488 the password must be
 * changed. 4060, database not accessible, passes while it fails over: whoever opens a connection
 * waits for that (`opensLater`), and after it the address is wrong.
 */
const loginNumbers = new Set([4060, 18456, 18452, 18470, 18487, 18488]);

/**
 * Somebody has killed the session and wanted to: nothing is begun again unasked. What was not at
 * work then has another session before it notices (`databases.ts`).
 */
const killed = 596;

const unreachableCodes = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'EHOSTDOWN',
  'ENETUNREACH',
  'ENETDOWN',
  'EINSTLOOKUP',
]);

/** The connection was there and broke; where it closed between two calls, the driver sends none. */
const brokenCodes = new Set([
  'ECONNRESET',
  'ECONNABORTED',
  'ENETRESET',
  'ETIMEDOUT',
  'EPIPE',
  'ECONNCLOSED',
  'ECLOSE',
  'EINVALIDSTATE',
]);

/** The statement failed and nothing else: the session is as good as before. */
export function leavesSessionUsable(error: unknown): boolean {
  return error instanceof DatabaseError && error.number !== undefined && !error.endedSession;
}

/** Whether a connection that could not be opened may be a moment later: a fail-over, a restart. */
export function opensLater(error: unknown): boolean {
  return error instanceof DatabaseError && transientErrors.has(error.number ?? 0);
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
  /** What the server said to a login (`driver-connection.ts`). */
  saidAtLogin?: DriverError[];
}

/** As SQL Server's own tools show an error: the particulars, then the text. */
export function inFull({
  message,
  number,
  severity,
  state,
  procedure,
  line,
}: Pick<DatabaseError, 'message'> & ErrorDetails): string {
  if (number === undefined) return message;
  const particulars = [
    `Msg ${number}`,
    ...(severity === undefined ? [] : [`Level ${severity}`]),
    ...(state === undefined ? [] : [`State ${state}`]),
    ...(procedure === undefined ? [] : [`Procedure ${procedure}`]),
    ...(line === undefined ? [] : [`Line ${line}`]),
  ];
  return `${particulars.join(', ')}: ${message}`;
}

/** Turns whatever mssql rejected with into a DatabaseError; one that is already stays as it is. */
export function toDatabaseError(error: unknown): DatabaseError {
  if (error instanceof DatabaseError) return error;
  const driver = (typeof error === 'object' && error !== null ? error : {}) as DriverError;
  const all = [...(saidAtLogin(driver) ?? driver.precedingErrors ?? []), driver];
  // SQL Server sends the cause first and what follows from it after ("statement terminated").
  const first = all[0] ?? driver;
  const number = numberOf(first);
  const details = {
    number,
    severity: first.class,
    state: typeof first.state === 'number' ? first.state : undefined,
    procedure: first.procName || undefined,
    line: first.lineNumber,
    endedSession: all.some(endsSession) || isBroken(driver),
  };
  const message = withCode(first.message ?? String(error), driver);
  return new DatabaseError(message, meaningOf(driver, number), details, { cause: error });
}

/** Of several addresses that a name has, or of one, the driver says only that it has tried them in turn. */
function withCode(message: string, error: DriverError): string {
  const [code] = codesOf(error);
  if (code === undefined || !unreachableCodes.has(code) || message.includes(code)) return message;
  return `${message.replace(/ - Could not connect \(\w+\)$/, '')} (${code})`;
}

function numberOf({ number }: DriverError): number | undefined {
  return typeof number === 'number' ? number : undefined;
}

/** A severity of 20 or more ends the session on the server (SQL Server documentation). */
function endsSession(error: DriverError): boolean {
  return (error.class ?? 0) >= 20 || sessionEndingNumbers.has(numberOf(error) ?? 0);
}

function isBroken(error: DriverError): boolean {
  return codesOf(error).some((code) => brokenCodes.has(code) || code === 'ESOCKET');
}

function meaningOf(error: DriverError, number: number | undefined): ErrorMeaning {
  if (number === killed) return 'permanent';
  if (number !== undefined && loginNumbers.has(number)) return 'login';
  if (number !== undefined && transientErrors.has(number)) return 'transient';
  for (const code of codesOf(error)) {
    if (code === 'ECANCEL') return 'cancelled';
    if (unreachableCodes.has(code)) return 'unreachable';
    if (code === 'ELOGIN' || code === 'EFEDAUTH') return 'login';
    if (code === 'ETIMEOUT') return error.code === 'EREQUEST' ? 'timed out' : 'unreachable';
    if (brokenCodes.has(code)) return 'transient';
  }
  // ESOCKET alone: the connection was open and broke, or never came up; both may pass.
  return codesOf(error).includes('ESOCKET') ? 'transient' : 'permanent';
}

function saidAtLogin({ saidAtLogin: said, originalError }: DriverError): DriverError[] | undefined {
  return said ?? originalError?.saidAtLogin;
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
