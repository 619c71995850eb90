/** What is wrong with one field of a request or of a query. */

import { z } from 'zod';

/** One bad field of a request. `value` is what was sent (absent: nothing was); never a secret. */
export const fieldErrorSchema = z
  .object({
    field: z.string(),
    message: z.string(),
    value: z.unknown().optional().meta({ description: 'What was sent; absent: nothing was' }),
    allowed: z
      .string()
      .meta({ description: 'What would have been accepted, for people; empty: nothing would' }),
  })
  .meta({ id: 'FieldError' });
export type FieldError = z.infer<typeof fieldErrorSchema>;
