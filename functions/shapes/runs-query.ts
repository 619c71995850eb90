import type { FieldError } from '../../shared/faults/field-error.ts';
import { show } from '../../shared/faults/show.ts';
import { HttpProblem } from '../../shared/http/problem.ts';
import { pageFromSchema, pageLimitSchema } from './runs.ts';

const defaultLimit = 50;

/** `limit` and `from` of a listing of runs. Throws `HttpProblem` 400 that names every bad one. */
export function runsQuery(query: URLSearchParams): { limit: number; from?: string } {
  const limit = pageLimitSchema.safeParse(query.get('limit') ?? String(defaultLimit));
  const from = pageFromSchema.optional().safeParse(query.get('from') ?? undefined);
  if (limit.success && from.success) {
    return { limit: limit.data, ...(from.data === undefined ? {} : { from: from.data }) };
  }
  throw invalidQuery(query, [
    ...(limit.success ? [] : ['limit' as const]),
    ...(from.success ? [] : ['from' as const]),
  ]);
}

const allowed = {
  limit: 'a whole number from 1 to 200',
  from: 'taken from the next link of a page',
};

/** What to throw when these parameters, at least one, are no good. */
export function invalidQuery(
  query: URLSearchParams,
  fields: ReadonlyArray<keyof typeof allowed>,
): HttpProblem {
  const errors: FieldError[] = fields.map((field) => ({
    field,
    message: `${field} must be ${allowed[field]}`,
    value: show(query.get(field)),
    allowed: allowed[field],
  }));
  const [first] = errors;
  return new HttpProblem('invalid-value', `Invalid ${first?.field} value: ${first?.value}.`, {
    errors,
  });
}
