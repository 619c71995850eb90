/** The shape of what must be so for a stage to have succeeded, beside that no error came. */

import { z } from 'zod';
import { expects, fields, list, oneOf } from '../faults/field.ts';

/** Beside `@name` of an output parameter. */
export const measures = ['return value', 'rows', 'returned rows'] as const;
export type Measure = (typeof measures)[number];

const subject = z
  .string(
    expects('something to look at', `use ${measures.join(', ')} or @name of an output parameter`),
  )
  .refine(
    (of) => of.startsWith('@') || measures.some((measure) => measure === of),
    expects('something to look at', `use ${measures.join(', ')} or @name of an output parameter`),
  );

const value = z.union(
  [z.string(), z.number(), z.boolean(), z.null()],
  expects('a value', 'use a text, a number, true, false, null, or a list of them'),
);
const bound = z.number(expects('a number', 'use a number'));

/** `fail`: the stage has failed; `warn`: it has succeeded with a warning. */
export const otherwises = ['fail', 'warn'] as const;

const condition = fields('a condition', {
  of: subject,
  is: z
    .union([value, z.array(value).min(1, { error: 'empty; name at least one value' })], {
      error: 'not a value; use a text, a number, true, false, null, or a list of them',
    })
    .transform((is) => (Array.isArray(is) ? is : [is]))
    .exactOptional(),
  atLeast: bound.exactOptional(),
  atMost: bound.exactOptional(),
  otherwise: oneOf('a consequence', otherwises).default('fail'),
}).superRefine(({ of, is, atLeast, atMost }, context) => {
  const fault = (key: string, message: string) =>
    context.addIssue({ code: 'custom', path: [key], message });
  if (is === undefined && atLeast === undefined && atMost === undefined) {
    fault('is', 'missing; say what it must be: is, atLeast or atMost');
  }
  if (atLeast !== undefined && atMost !== undefined && atLeast > atMost) {
    fault('atMost', `${atMost} is less than atLeast, ${atLeast}; exchange them`);
  }
  const isCount = measures.some((measure) => measure === of);
  const odd = isCount ? is?.find((one) => !Number.isInteger(one)) : undefined;
  if (odd !== undefined) fault('is', `${JSON.stringify(odd)} is no ${of}; use whole numbers`);
});

export const conditions = list(condition, 'conditions');
export type Condition = z.infer<typeof condition>;
