/** Members of a JSON body, and what is said about a bad one. */

import type { FieldError } from './field-error.ts';
import { echo } from './show.ts';

export type Body = Readonly<Record<string, unknown>>;

/** A value of the body under the name a problem document gives it: `month`, `code[1]`. */
export interface Member {
  field: string;
  value: unknown;
}

/** A data source, and the field of the request that names it. */
export interface NamedCode {
  code: string;
  field: string;
}

/** One refusal as the original words it, and the fields that are at fault. */
export interface Refusal {
  text: string;
  errors: FieldError[];
}

/** @param allowed to be read after `must be` */
export function fault({ field, value }: Member, allowed: string, message?: string): FieldError {
  const missing = value === undefined;
  return {
    field,
    message: message ?? (missing ? `${field} is needed` : `${field} must be ${allowed}`),
    ...(missing ? {} : { value: echo(value) }),
    allowed,
  };
}
