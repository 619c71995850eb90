/** Query parameters: only those that a route declares, each once. */

import { z } from 'zod';
import type { FieldError } from '../faults/field-error.ts';
import { didYouMean } from '../faults/near-name.ts';
import { show } from '../faults/show.ts';
import { HttpProblem } from './problem.ts';

/** Of every route: JSON laid out for people. */
const prettyParameter = 'pretty';
export const prettySchema = z.enum(['', 'true', 'false']);

const mostFaults = 10;

/**
 * Throws `HttpProblem` 400 that names what nobody reads, with the name that was meant: a `dry` that
 * is ignored starts a real sync. Values are not repeated: they may be secrets.
 *
 * @param declared names; `where.*` is any that begins with `where.` and goes on
 */
export function requireKnownQuery(query: URLSearchParams, declared: readonly string[]): void {
  const known = [...declared, prettyParameter];
  const allowed = `one of ${known.join(', ')}, each once`;
  const errors: FieldError[] = [];
  const seen = new Set<string>();
  for (const name of query.keys()) {
    if (errors.length === mostFaults) break;
    const field = show(name);
    if (!known.some((one) => isNamed(one, name))) {
      const message = `Unknown query parameter: ${field}${didYouMean(name, known)}.`;
      errors.push({ field, message, allowed });
    } else if (seen.has(name)) {
      errors.push({ field, message: `Query parameter is given twice: ${field}.`, allowed });
    }
    seen.add(name);
  }
  if (errors.length === 0 && prettyOf(query) === undefined) errors.push(invalidPretty());
  const [first] = errors;
  if (first !== undefined) throw new HttpProblem('invalid-value', first.message, { errors });
}

function isNamed(declared: string, name: string): boolean {
  if (!declared.endsWith('.*')) return declared === name;
  const beginning = declared.slice(0, -1);
  return name.startsWith(beginning) && name !== beginning;
}

/** Whether JSON is to be indented: `?pretty`, `?pretty=true`. Undefined: neither yes nor no. */
export function prettyOf(query: URLSearchParams): boolean | undefined {
  const value = query.get(prettyParameter);
  if (value === null) return false;
  const valid = prettySchema.safeParse(value);
  return valid.success ? valid.data !== 'false' : undefined;
}

function invalidPretty(): FieldError {
  const allowed = 'nothing, true or false';
  return {
    field: prettyParameter,
    message: `Invalid pretty value: it must be ${allowed}.`,
    allowed,
  };
}
