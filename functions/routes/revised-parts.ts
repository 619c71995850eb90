/** What routes of boards and of schedules share: documents that are changed under their ETag. */

import { z } from 'zod';
import { boardNameSchema } from '../shapes/boards.ts';
import { drySchema } from '../shapes/dry.ts';

/** The name in a path. */
export const named = (name: 'board' | 'schedule') => ({
  ...{
    name,
    in: 'path' as const,
    description: `The name of a ${name}`,
    schema: () => boardNameSchema,
  },
});

/** @param description of what `dry=true` answers with */
export const dryWrite = (description: string) => ({
  name: 'dry',
  in: 'query' as const,
  description: `true: ${description}; nothing is written`,
  schema: () => drySchema,
});

/** By what may be changed, or started, what was read. */
export const forIfMatch = {
  ETag: { description: 'For If-Match', schema: () => z.string().regex(/^W\/"[\w-]{22}"$/) },
};

/** An answer by which it may be changed. */
export const answered = (description: string, json: () => z.ZodType) => ({
  description,
  headers: forIfMatch,
  json,
});

export const readProblems = ['newer-document', 'faulty-board'] as const;
export const writeProblems = ['changed', 'exists', ...readProblems] as const;
