/** One state of something that people write: who wrote it, when, and the how manieth it is. */

import { z } from 'zod';
import { askerMembers } from '../audit/asker.ts';
import { instantSchema } from '../storage/instant.ts';

export const authorSchema = z
  .object({
    ...askerMembers,
    user: z.string().exactOptional().meta({ description: 'The person that was named' }),
  })
  .meta({ id: 'Author' });
export type Author = z.infer<typeof authorSchema>;

/** @param content absent: it was removed */
export function revisionSchema<T extends z.ZodType>(content: T) {
  return z.object({
    name: z.string(),
    revision: z.int().positive(),
    changedAt: instantSchema,
    changedBy: authorSchema,
    content: content.exactOptional(),
  });
}

export interface Revision<C> {
  name: string;
  /** 1 is the first; a thing that was removed and made again goes on counting. */
  revision: number;
  changedAt: string;
  changedBy: Author;
  content?: C;
}
