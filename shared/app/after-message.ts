import { z } from 'zod';

/** A company whose procedures after changes are to be called. */
export const afterMessageSchema = z.object({
  /** Data source code. */
  company: z.string(),
  /** ISO 8601. */
  at: z.string(),
});
export type AfterMessage = z.infer<typeof afterMessageSchema>;
