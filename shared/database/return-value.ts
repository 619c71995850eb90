/**
 * What a procedure's RETURN means. By convention 0 is success and any other value a failure; a
 * procedure that says nothing returns 0.
 */

import { DatabaseError } from './database-error.ts';

/**
 * What the catalogue makes of a return value other than 0. `zero`: the call has failed; `warn`: it
 * has succeeded, and whoever looks is told; `ignore`: nothing.
 */
export const returnChecks = ['zero', 'warn', 'ignore'] as const;
export type ReturnCheck = (typeof returnChecks)[number];

/** The procedure ended without an error and returned what it must not. Calling again is no cure. */
class ReturnValueError extends DatabaseError {
  constructor(procedure: string, returnValue: number) {
    super(`${procedure} returned ${returnValue}: 0 would be success`, 'permanent', { procedure });
    this.name = 'ReturnValueError';
  }
}

/**
 * To be asked before what the call did is committed.
 *
 * @returns the warning, where there is one
 * @throws ReturnValueError
 */
export function judgedReturn(
  { schema, name }: { schema: string; name: string },
  returnValue: number,
  check: ReturnCheck,
): string | undefined {
  if (returnValue === 0 || check === 'ignore') return undefined;
  const procedure = `${schema}.${name}`;
  if (check === 'zero') throw new ReturnValueError(procedure, returnValue);
  return `${procedure} returned ${returnValue}`;
}
