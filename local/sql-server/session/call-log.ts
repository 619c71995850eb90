/** Who called which procedure when, for tests and demos. */

import type { ProcedureCall } from '../procedure.ts';

/** Calls kept; the oldest go first. */
const limit = 20_000;

export class CallLog {
  readonly #calls: ProcedureCall[] = [];
  #next = 1;

  get calls(): readonly ProcedureCall[] {
    return this.#calls;
  }

  start(call: Omit<ProcedureCall, 'id' | 'start'>): ProcedureCall {
    const entry: ProcedureCall = { id: this.#next++, ...call, start: preciseNow() };
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

/** Date.now() with fractions: two calls within one millisecond keep their order. */
const preciseNow = () => performance.timeOrigin + performance.now();
