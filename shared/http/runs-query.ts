import { type FieldError, HttpProblem } from './problem.ts';
import { pageFromSchema, pageLimitSchema } from './schemas.ts';
import { show } from './show.ts';

const defaultLimit = 50;

/** `limit` and `from` of a listing of runs. Throws `HttpProblem` 400 that names every bad one. */
export function runsQuery(query: URLSearchParams): { limit: number; from?: string } {
  const limit = pageLimitSchema.safeParse(query.get('limit') ?? String(defaultLimit));
  const from = pageFromSchema.optional().safeParse(query.get('from') ?? undefined);
  if (limit.success && from.success) {
    return { limit: limit.data, ...(from.data === undefined ? {} : { from: from.data }) };
  }
  const errors: FieldError[] = [];
  const refuse = (field: string, allowed: string) => {
    const value = show(query.get(field));
    errors.push({ field, message: `${field} must be ${allowed}`, value, allowed });
  };
  if (!limit.success) refuse('limit', 'a whole number from 1 to 200');
  if (!from.success) refuse('from', 'taken from the next link of a page');
  const [first] = errors;
  throw new HttpProblem('invalid-value', `Invalid ${first?.field} value: ${first?.value}.`, {
    errors,
  });
}
