/** The query parameter `dry`: what would be done is told, and nothing is. */

import { z } from 'zod';
import { show } from '../../shared/faults/show.ts';
import { HttpProblem } from '../../shared/http/problem.ts';

export const drySchema = z.enum(['true', 'false']);

/** Throws `HttpProblem` 400 for another value than these. */
export function isDry(query: URLSearchParams): boolean {
  const value = query.get('dry') ?? 'false';
  if (drySchema.safeParse(value).success) return value === 'true';
  const message = `Invalid dry value: ${show(value)}.`;
  const errors = [{ field: 'dry', message, value: show(value), allowed: 'true or false' }];
  throw new HttpProblem('invalid-value', message, { errors });
}
