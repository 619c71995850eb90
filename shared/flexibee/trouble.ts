/** What stops us, in the words that people are shown. */

import { DatabaseError } from '../database/database-error.ts';
import type { Trouble } from './cursor.ts';
import { cures, FlexibeeError } from './errors.ts';
import { generationOver } from './types.ts';

export type TroubleReport = Omit<Trouble, 'since' | 'retryAt'> & {
  /** The server asks to be left alone for so long. */
  retryAfterMs?: number | undefined;
};

/** Undefined for what is not the company's: storage's errors, a lost lock, an abort, our faults. */
export function troubleOf(error: unknown): TroubleReport | undefined {
  if (error instanceof FlexibeeError) {
    const { kind, message, cure, retryAfterMs } = error;
    return { kind, message, cure, ...(retryAfterMs && { retryAfterMs }) };
  }
  if (error instanceof DatabaseError && error.number === generationOver) {
    return newerGeneration(error.message);
  }
  if (error instanceof DatabaseError) {
    return {
      kind: 'database',
      message: error.message,
      cure: 'See to the aggregate base; what waits is applied at the next poll.',
    };
  }
  return undefined;
}

/** @param fault what is wrong with the line of the changelog */
export function oddChange(company: string, evidence: string, fault: string): TroubleReport {
  return {
    kind: 'answer not understood',
    message: `FlexiBee ${company}, ${evidence}: a change is not understood: ${fault}`,
    cure: 'The evidence is loaded again by itself. If that comes again and again, the version of FlexiBee answers in another form: report the message.',
  };
}

/** The changelog is off, as the server says when it is asked for that alone. */
export function changelogOff(company: string): TroubleReport {
  const kind = 'changelog disabled';
  return { kind, message: `FlexiBee ${company}: the changelog is off`, cure: cures[kind] };
}

/** @param fault in the base's words */
export function newerGeneration(fault: string): TroubleReport {
  const kind = 'newer generation';
  return { kind, message: fault, cure: cures[kind] };
}

/** @param fault as `regressionText` has it */
export function regression(fault: string): TroubleReport {
  return {
    kind: 'versions went back',
    message: fault,
    cure: 'If a backup was restored there, reset the company: it is loaded again in full.',
  };
}

/** @param fault of the history */
export function regressionText(company: string, fault: string): string {
  return `FlexiBee ${company}: the changelog is not the one that was followed: ${fault}`;
}
