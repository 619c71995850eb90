/** Delays and errors that a test or a demo puts into procedures, statements and logins. */

import type { SqlValue } from '../procedure.ts';
import { SqlServerError } from '../procedure.ts';

export interface Failures {
  /** How many calls still fail. */
  times: number;
  number: number;
  message?: string;
  severity?: number;
  state?: number;
  line?: number;
}

export interface Fault {
  /** `schema.name` */
  procedure: string;
  /** Only in this database. */
  database?: string;
  /** Only in calls with these parameter values (compared as text), by name without `@`. */
  parameters?: Record<string, string | number | boolean | null>;
  /** Added before the procedure begins. */
  delayMilliseconds?: number;
  failures?: Failures;
}

export interface StatementFault {
  /** What the text of the batch or call holds. */
  contains: string;
  /** Only in this database. */
  database?: string;
  failures: Failures;
}

/** Of errors that have another severity than 16 (sys.messages; Azure SQL's own documentation). */
const severities: Record<number, number> = {
  596: 21,
  921: 14,
  922: 14,
  926: 14,
  976: 14,
  983: 14,
  1205: 13,
  4060: 11,
  18456: 14,
  40197: 17,
  40501: 20,
  40613: 17,
};

/** What the errors that one asks for usually say. */
const texts: Record<number, string> = {
  1205: 'Transaction (Process ID %) was deadlocked on lock resources with another process and has been chosen as the deadlock victim. Rerun the transaction.',
  596: 'Cannot continue the execution because the session is in the kill state.',
  1222: 'Lock request time out period exceeded.',
  4060: 'Cannot open database "%" requested by the login. The login failed.',
  8134: 'Divide by zero error encountered.',
  40197: 'The service has encountered an error processing your request. Please try again.',
  40501: 'The service is currently busy. Retry the request after 10 seconds.',
  40613: 'Database is not currently available. Please retry the connection later.',
  49918:
    'Cannot process request. Not enough resources to process request. Please retry you request later.',
};

export class Faults {
  #faults: Fault[] = [];
  #statements: StatementFault[] = [];
  /** What the next logins fail with. */
  logins: Failures | undefined;

  get list(): readonly Fault[] {
    return this.#faults;
  }

  /** Replaces what was set for the same procedure, database and parameters. */
  set(fault: Fault): void {
    this.#faults = this.#faults.filter((other) => key(other) !== key(fault));
    this.#faults.push(fault);
  }

  remove(procedure: string): void {
    this.#faults = this.#faults.filter(
      (fault) => fault.procedure.toLowerCase() !== procedure.toLowerCase(),
    );
  }

  clear(): void {
    this.#faults = [];
    this.#statements = [];
    this.logins = undefined;
  }

  /** Replaces what was set for the same text and database. */
  setStatement(fault: StatementFault): void {
    const same = (other: StatementFault) =>
      other.contains === fault.contains && other.database === fault.database;
    this.#statements = [...this.#statements.filter((other) => !same(other)), fault];
  }

  /** What a batch or call fails with; counts one failure down. */
  takeStatement(text: string, database: string): SqlServerError | undefined {
    const fault = this.#statements.find(
      ({ contains, database: own = database, failures }) =>
        failures.times > 0 &&
        text.includes(contains) &&
        own.toLowerCase() === database.toLowerCase(),
    );
    if (fault === undefined) return undefined;
    fault.failures.times--;
    return failure(fault.failures);
  }

  /** What a login fails with; counts one failure down. */
  takeLogin(database: string): SqlServerError | undefined {
    if (this.logins === undefined || this.logins.times <= 0) return undefined;
    this.logins.times--;
    return failure(this.logins, undefined, database);
  }

  /** What awaits this call; counts one failure down. */
  take(
    procedure: string,
    database: string,
    parameters: Readonly<Record<string, SqlValue>>,
    spid: number,
  ): { delay: number; error?: SqlServerError } {
    let delay = 0;
    let error: SqlServerError | undefined;
    for (const fault of this.#faults) {
      if (!matches(fault, procedure, database, parameters)) continue;
      delay += fault.delayMilliseconds ?? 0;
      if (!error && fault.failures && fault.failures.times > 0) {
        fault.failures.times--;
        error = failure(fault.failures, procedure, spid);
      }
    }
    return { delay, ...(error && { error }) };
  }
}

const key = (fault: Fault) =>
  JSON.stringify([fault.procedure.toLowerCase(), fault.database?.toLowerCase(), fault.parameters]);

function matches(
  fault: Fault,
  procedure: string,
  database: string,
  parameters: Readonly<Record<string, SqlValue>>,
): boolean {
  if (fault.procedure.toLowerCase() !== procedure.toLowerCase()) return false;
  if (fault.database !== undefined && fault.database.toLowerCase() !== database.toLowerCase())
    return false;
  const given = Object.entries(parameters).map(
    ([name, value]) => [name.toLowerCase(), value] as const,
  );
  return Object.entries(fault.parameters ?? {}).every(([name, wanted]) =>
    given.some(
      ([own, value]) =>
        own === name.toLowerCase().replace(/^@/, '') && String(value) === String(wanted),
    ),
  );
}

/** @param subject what the text names: the process, or the database of a login */
function failure(
  failures: Failures,
  procedure?: string,
  subject: string | number = '',
): SqlServerError {
  const { number, line = 1 } = failures;
  const text =
    failures.message ??
    (texts[number] ?? `Error ${number} was asked for.`).replace('%', String(subject));
  return new SqlServerError(number, text, {
    severity: failures.severity ?? severities[number] ?? 16,
    state: failures.state ?? (number === 1205 ? 51 : 1),
    ...(procedure !== undefined && { procedure }),
    line,
  });
}
