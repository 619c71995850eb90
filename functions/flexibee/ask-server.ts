/** Asking a company's server while somebody waits for the answer. */

import type { AppServices } from '../../shared/app/services.ts';
import { cures, FlexibeeError } from '../../shared/flexibee/errors.ts';
import type { Call } from '../../shared/http/handler.ts';
import { HttpProblem } from '../../shared/http/problem.ts';

/** The first answer after a FlexiBee server's start takes 20 s; a call of ours ends after 30. */
const deadlineMs = 25_000;

/** A cure that names routes of ours, with the company in its place. */
export function withCode(cure: string, code: string): string {
  return cure.replaceAll('{company}', code);
}

export type ServerCall = Pick<Call, 'signal' | 'place'>;

/**
 * Ends the call's place: from here on it waits for somebody else, and has little to do of its own.
 *
 * @throws HttpProblem with the cure in its text where the server did not do what it was asked
 */
export async function askServer<T>(
  { companies }: AppServices,
  code: string,
  work: (signal: AbortSignal) => Promise<T>,
  { signal, place }: ServerCall,
): Promise<T> {
  place.end();
  const limit = AbortSignal.timeout(deadlineMs);
  try {
    return await work(AbortSignal.any([signal, limit]));
  } catch (error) {
    if (error instanceof FlexibeeError) {
      if (error.kind === 'changelog disabled') await companies.sawChangelogOff(code, true, signal);
      throw problemOf(error, code);
    }
    if (!limit.aborted) throw error;
    const cure = withCode(cures.unreachable, code);
    const text = `FlexiBee ${code}: no answer within ${deadlineMs / 1000} s. ${cure}`;
    throw new HttpProblem('flexibee', text, { members: { kind: 'unreachable', cure } });
  }
}

function problemOf(error: FlexibeeError, code: string): HttpProblem {
  const { kind } = error;
  const cure = withCode(error.cure, code);
  return new HttpProblem(
    kind === 'company in use' ? 'company-in-use' : 'flexibee',
    `${error.message}. ${cure}`,
    { members: { kind, cure }, cause: error },
  );
}
