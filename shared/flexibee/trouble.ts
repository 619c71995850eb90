/** What stops us, in the words that people are shown. */

import { DatabaseError } from '../database/database-error.ts';
import type { Trouble } from './cursor.ts';
import { cures, FlexibeeError } from './errors.ts';

export type TroubleReport = Omit<Trouble, 'since'>;

/** Undefined for what is not the company's: storage's errors, a lost lock, an abort, our faults. */
export function troubleOf(error: unknown): TroubleReport | undefined {
  if (error instanceof FlexibeeError) {
    return { kind: error.kind, message: error.message, cure: error.cure };
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

/** The changelog is off, as the server says when it is asked for that alone. */
export function changelogOff(company: string): TroubleReport {
  const kind = 'changelog disabled';
  return { kind, message: `FlexiBee ${company}: the changelog is off`, cure: cures[kind] };
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
