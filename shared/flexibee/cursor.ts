/**
 * Where we are with a company: the document `flexibee/<code>.json`, which is its lock, too.
 *
 * starting (nothing known of the company's versions) → following, with or without evidences to
 * load first. `starting` comes again, in a new generation, after a reset, after a backup was
 * restored, and after the changelog was off.
 */

import { z } from 'zod';
import type { Operation, TroubleKind } from './types.ts';

const instant = z.iso.datetime();
const version = z.int().nonnegative();

/** Versions that were missing between two that we saw: their changes may still be written. */
const gapSchema = z.object({
  from: version,
  to: version,
  /** Nothing is missing any more once they were asked for after this moment. */
  until: instant,
});

/** An evidence that is being read in full, or will be. */
const loadSchema = z.object({
  evidence: z.string(),
  /** The last record read. */
  afterId: z.string(),
  /** When its first page was read: what the mirror last saw before is gone at the end. */
  since: instant.optional(),
});

const countsSchema = z.object({
  /** Of the changelog, each once. */
  changes: version,
  /** Rows of the mirror; those of a page whose worker died in the middle are not in it. */
  created: version,
  updated: version,
  deleted: version,
});

const operations = ['create', 'update', 'delete'] as const satisfies readonly Operation[];

const troubleKinds = [
  'changelog disabled',
  'licence missing',
  'wrong password',
  'unknown company',
  'versions went back',
  'unreachable',
  'company in use',
  'request refused',
  'answer not understood',
  'database',
] as const satisfies readonly TroubleKind[];

const troubleSchema = z.object({
  kind: z.enum(troubleKinds),
  since: instant,
  message: z.string(),
  /** What people can do about it. */
  cure: z.string(),
});

export const cursorSchema = z.object({
  generation: version,
  /** Everything below is consumed; absent while starting. */
  next: version.optional(),
  /** The newest change consumed: seen otherwise, or not at all, the history is another one. */
  last: z
    .object({
      version,
      evidence: z.string(),
      id: z.string(),
      operation: z.enum(operations),
      at: z.string().optional(),
    })
    .optional(),
  /** As of the last answer that brought something. */
  globalVersion: version,
  /** Ascending, below `next`. */
  gaps: z.array(gapSchema),
  /** Evidences to be read in full before changes go on, the current one first. */
  loads: z.array(loadSchema),
  /** The latest moment of a reading: the next is later, whatever another worker's clock says. */
  readAt: instant.optional(),
  /** Evidences whose rows may have changed since the procedures after it were called. */
  pending: z.array(z.string()),
  /** One entry for each evidence that is followed. */
  evidences: z.record(z.string(), countsSchema),
  /** When we last changed from having everything to not; absent while nothing is known to wait. */
  behindSince: instant.optional(),
  /** When a page, or the last of them, was consumed. */
  appliedAt: instant.optional(),
  trouble: troubleSchema.optional(),
});

export type Cursor = z.infer<typeof cursorSchema>;
export type Gap = z.infer<typeof gapSchema>;
export type Load = z.infer<typeof loadSchema>;
export type Trouble = z.infer<typeof troubleSchema>;
