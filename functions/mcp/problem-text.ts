/** A refusal of a route, as a model is told it. */

import { z } from 'zod';
import { fieldErrorSchema } from '../../shared/faults/field-error.ts';
import { ToolError } from './tool-error.ts';

/** Of a problem document (RFC 9457), what helps; the rest are numbers and names for programs. */
const problemSchema = z.looseObject({
  detail: z.string(),
  errors: z.array(fieldErrorSchema).optional(),
});

/** What is in the sentence, or is nobody's business outside of HTTP. */
const unsaid = ['type', 'title', 'status', 'detail', 'errors'];

/** @param text of the answer: a problem document, or text */
export function problemText(text: string): string {
  const problem = problemSchema.safeParse(jsonOf(text));
  if (!problem.success) return text.trim();
  const { detail, errors = [] } = problem.data;
  const faults = errors.length === 0 ? '' : ToolError.ofFields(errors).message;
  const more = Object.entries(problem.data).filter(([name]) => !unsaid.includes(name));
  const facts = more.map(([name, value]) => `${name}: ${JSON.stringify(value)}`);
  return [detail, faults, ...facts].filter((line) => line !== '').join('\n');
}

/** Undefined where a text is none. */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
