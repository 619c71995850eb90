/** What begins paths of the app, and of the Functions host, and so cannot begin another. */

import type { z } from 'zod';
import { unsuitable } from '../faults/catalog-error.ts';

/**
 * First segments of the app's own paths, and of the Functions host's: `/{connection}/dynsql` would
 * never be reached.
 */
export const reservedSegments: readonly string[] = [
  'sync_status',
  'valid_codes',
  'data_source_sync',
  'entity_sync',
  'runs',
  'boards',
  'schedules',
  'overview',
  'history',
  'events',
  'ages',
  'flexibee',
  'dynsql',
  'catalog',
  'me',
  'page',
  'health',
  'openapi.json',
  'mcp',
  'audit',
  'closures',
  'acknowledgements',
  'admin',
  'runtime',
];

/**
 * Those of them that anything may follow: `/runs/valid_names` would be a run of that name, and so it
 * would be with `/runs/is_dated`.
 */
export const parentSegments: readonly string[] = [
  'runs',
  'boards',
  'schedules',
  'flexibee',
  'page',
  'admin',
  'runtime',
];

/** @param what `a code`: of which a path is made by its first segment */
export function besideOwnPaths<Text extends z.ZodType<string>>(
  text: Text,
  what: string,
  segments: readonly string[],
) {
  return text.superRefine((one, context) => {
    if (!segments.includes(one.toLowerCase())) return;
    const use = `use another, for these begin paths of the app: ${segments.join(', ')}`;
    context.addIssue(unsuitable(one, what, use));
  });
}
