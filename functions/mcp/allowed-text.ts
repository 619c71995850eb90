/** What an argument may be, in words, by its JSON Schema. */

import { z } from 'zod';

const schemaSchema = z.looseObject({
  type: z.string().optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  minLength: z.number().optional(),
  maxLength: z.number().optional(),
  get anyOf() {
    return z.array(schemaSchema).optional();
  },
});

/** To be read after `must be`: `a whole number from 0 to 25`. */
export function allowedText(argument: z.ZodType): string {
  return wordsOf(schemaSchema.parse(z.toJSONSchema(argument, { io: 'input' })));
}

function wordsOf(schema: z.infer<typeof schemaSchema>): string {
  const { type, minimum, maximum, minLength = 0, maxLength, anyOf } = schema;
  if (anyOf !== undefined) return anyOf.map(wordsOf).join(' or ');
  if (type === 'integer') return `a whole number from ${minimum} to ${maximum}`;
  if (type === 'boolean') return 'true or false';
  if (type === 'array') return 'a list of texts';
  return maxLength === undefined ? 'a text' : `a text of ${minLength} to ${maxLength} characters`;
}
