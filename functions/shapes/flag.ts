/** Query parameters that are yes or no. */

import { z } from 'zod';
import { show } from '../../shared/faults/show.ts';
import { HttpProblem } from '../../shared/http/problem.ts';

export const flagSchema = z.enum(['true', 'false']);

/**
 * @param otherwise where it is not given
 * @throws HttpProblem 400 for another value than these
 */
export function isFlagged(
  query: URLSearchParams,
  name: string,
  otherwise: z.infer<typeof flagSchema> = 'false',
): boolean {
  const value = query.get(name) ?? otherwise;
  if (flagSchema.safeParse(value).success) return value === 'true';
  const message = `Invalid ${name} value: ${show(value)}.`;
  const errors = [{ field: name, message, value: show(value), allowed: 'true or false' }];
  throw new HttpProblem('invalid-value', message, { errors });
}
