/** Delays and errors that a test or a demo puts into procedures. */

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

/** What the errors that one asks for usually say. */
const texts: Record<number, string> = {
  1205: 'Transaction (Process ID %) was deadlocked on lock resources with another process and has been chosen as the deadlock victim. Rerun the transaction.',
  1222: 'Lock request time out period exceeded.',
  8134: 'Divide by zero error encountered.',
  40197: 'The service has encountered an error processing your request. Please try again.',
  40501: 'The service is currently busy. Retry the request after 10 seconds.',
  40613: 'Database is not currently available. Please retry the connection later.',
  49918:
    'Cannot process request. Not enough resources to process request. Please retry you request later.',
};

export class Faults {
  #faults: Fault[] = [];

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

function failure(failures: Failures, procedure: string, spid: number): SqlServerError {
  const { number, line = 1 } = failures;
  const text =
    failures.message ??
    (texts[number] ?? `Error ${number} was asked for.`).replace('%', String(spid));
  const isDeadlock = number === 1205;
  return new SqlServerError(number, text, {
    severity: failures.severity ?? (isDeadlock ? 13 : 16),
    state: failures.state ?? (isDeadlock ? 51 : 1),
    procedure,
    line,
  });
}
