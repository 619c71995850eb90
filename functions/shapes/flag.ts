/** Query parameters that are yes or no. */

import { z } from 'zod';
import { show } from '../../shared/faults/show.ts';
import { HttpProblem } from '../../shared/http/problem.ts';

export const flagSchema = z.enum(['true', 'false']);

/** Throws `HttpProblem` 400 for another value than these. */
export function isFlagged(query: URLSearchParams, name: string): boolean {
  const value = query.get(name) ?? 'false';
  if (flagSchema.safeParse(value).success) return value === 'true';
  const message = `Invalid ${name} value: ${show(value)}.`;
  const errors = [{ field: name, message, value: show(value), allowed: 'true or false' }];
  throw new HttpProblem('invalid-value', message, { errors });
}
