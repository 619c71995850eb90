/** Who called which procedure when, for tests and demos. */

import type { ProcedureCall, SqlValue } from '../procedure.ts';

/** Calls kept; the oldest go first. */
const limit = 20_000;
/** Letters kept of a parameter: twenty thousand documents of megabytes are more than a log. */
const longestText = 1_000;

export class CallLog {
  readonly #calls: ProcedureCall[] = [];
  #next = 1;

  get calls(): readonly ProcedureCall[] {
    return this.#calls;
  }

  start(call: Omit<ProcedureCall, 'id' | 'start'>): ProcedureCall {
    const parameters = Object.fromEntries(
      Object.entries(call.parameters).map(([name, value]) => [name, shortened(value)]),
    );
    const entry: ProcedureCall = { id: this.#next++, ...call, parameters, start: preciseNow() };
    this.#calls.push(entry);
    if (this.#calls.length > limit) this.#calls.shift();
    return entry;
  }

  end(
    call: ProcedureCall,
    outcome: NonNullable<ProcedureCall['outcome']>,
    error?: ProcedureCall['error'],
  ): void {
    call.end = preciseNow();
    call.outcome = outcome;
    if (error) call.error = error;
  }

  clear(): void {
    this.#calls.length = 0;
  }
}

/** What CONTEXT_INFO is padded with is no part of it. */
export function contextText({ contextInfo }: { contextInfo: Uint8Array | null }): string {
  return Buffer.from(contextInfo ?? [])
    .toString('latin1')
    .replaceAll('\0', '');
}

function shortened(value: SqlValue): SqlValue {
  if (typeof value !== 'string' || value.length <= longestText) return value;
  // By way of bytes: a slice would keep the whole text in memory.
  const start = Buffer.from(value.slice(0, longestText), 'utf16le').toString('utf16le');
  return `${start}… (${value.length} letters)`;
}

/** Date.now() with fractions: two calls within one millisecond keep their order. */
const preciseNow = () => performance.timeOrigin + performance.now();
