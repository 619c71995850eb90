/** The query parameter `dry`: what would be done is told, and nothing is. */

import { flagSchema, isFlagged } from './flag.ts';

export const drySchema = flagSchema;

/** Throws `HttpProblem` 400 for another value than these. */
export const isDry = (query: URLSearchParams): boolean => isFlagged(query, 'dry');
