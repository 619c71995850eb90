/**
 * Where we are with a company: the document `flexibee/<code>.json`, which is its lock, too.
 *
 * starting (nothing known of the company's versions) → following, with or without evidences to
 * load first. `starting` comes again, in a new generation, after a reset, after a backup was
 * restored, and after the changelog was off (`due.reload`).
 */

import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { DocumentForm } from '../storage/form.ts';
import type { Gap } from './gaps.ts';
import { requestsSchema } from './request-count.ts';
import { sizesSchema } from './request-sizes.ts';
import type { StoredStale } from './stale.ts';
import { typedSchema } from './typed/state.ts';
import { type Operation, troubleKinds } from './types.ts';

const instant = z.iso.datetime();
const version = z.int().nonnegative();

/** In cursors of the first version a gap had the end of its time, ten minutes after it was seen. */
const firstGapSchema = z
  .object({ from: version, to: version, until: instant })
  .transform(({ from, to, until }): Gap => {
    const since = new Date(Date.parse(until) - 10 * 60_000).toISOString();
    return { from, to, since, looks: 0 };
  });

const gapSchema = z.union([
  z.object({
    from: version,
    to: version,
    since: instant,
    looks: version,
    waits: z.literal(true).optional(),
    known: version.optional(),
  }),
  firstGapSchema,
]);

/** An evidence that is being read in full, or will be. */
const loadSchema = z.object({
  evidence: z.string(),
  /** The last record read; absent before the first: ids may be negative. */
  afterId: z.string().optional(),
  /** When its first page was read: what the mirror last saw before is gone at the end. */
  since: instant.optional(),
});

const staleSchema: z.ZodType<StoredStale> = z.record(
  z.string(),
  z
    .object({
      ids: z.array(z.string()),
      versions: z.array(version),
      deleteSeen: z.array(z.string()).optional(),
    })
    .refine(({ ids, versions }) => ids.length === versions.length, 'a version for each id'),
);

const operations = ['create', 'update', 'delete'] as const satisfies readonly Operation[];

const troubleSchema = z.object({
  kind: z.enum(troubleKinds),
  since: instant,
  message: z.string(),
  /** What people can do about it. */
  cure: z.string(),
  /** Where the server asks to be left alone (Retry-After): until then nothing is asked. */
  retryAt: instant.optional(),
});

/** It has no say in other evidences. */
const evidenceTroubleSchema = troubleSchema.extend({
  tries: version,
  /** Not asked for before. */
  retryAt: instant,
});

/**
 * Of the company (an empty name) and of its evidences: the trouble that was told, until it is told
 * that it is over; `endedAt` where that is known and not told yet.
 */
const toldSchema = z.record(
  z.string(),
  z.object({ kind: z.string(), since: instant, endedAt: instant.optional() }),
);

const countsSchema = z.object({
  /** Of the changelog, each once. */
  changes: version,
  /** Rows of the mirror; those of a page whose worker died in the middle are not in it. */
  created: version,
  updated: version,
  deleted: version,
  trouble: evidenceTroubleSchema.optional(),
});

/**
 * What must be done, whatever trouble comes between: set as soon as its cause is seen, removed when
 * it is done. What is to be asked, read or called has members of its own: `gaps`, `loads`, `stale`,
 * `pending`.
 */
const dueSchema = z.object({
  /** Everything is to be loaded again, in a new generation. */
  reload: z
    .object({
      why: z.enum(['changelog off', 'versions went back', 'newer generation']),
      since: instant,
      /** What was seen, in words. */
      fault: z.string(),
    })
    .optional(),
  /** It is to be held against its mirror: for whom, see reconcile/. The newest wish, not yet begun or not yet done. */
  reconcile: z.object({ for: z.string(), since: instant }).optional(),
});

const cursorMembers = z.object({
  generation: version,
  /** Everything below is consumed; absent while starting. */
  next: version.optional(),
  /**
   * The newest change consumed, or, where the list was cut, the newest that it had then: seen
   * otherwise, or not at all, the history is another one.
   */
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
  /**
   * The latest moment of a reading: the next is later, whatever another worker's clock says. What a
   * worker read after its last write, and died, is older than the next by what its lock lived on.
   */
  readAt: instant.optional(),
  /** Below `next`, journaled, and yet to be fetched; older cursors have none. */
  stale: staleSchema.default({}),
  /** Changed and not given to us, with the versions of their last changes; older cursors have none. */
  hidden: staleSchema.default({}),
  /** How many records of an evidence are asked for at once, where fewer than usual; see there. */
  sizes: sizesSchema.default({}),
  /**
   * Of each evidence whose rows may have changed: a mark, another one each time. Which of them the
   * procedures after changes have seen is in a document of their own, see after-calls.ts. Older
   * cursors have a list of those that are to be called.
   */
  pending: z.union([
    z.record(z.string(), z.string()),
    z.array(z.string()).transform((evidences) => marked({}, evidences)),
  ]),
  /** What procedures last returned other than 0, by their name; older cursors have none. */
  warnings: z.record(z.string(), z.string()).default({}),
  /** One entry for each evidence that is followed. */
  evidences: z.record(z.string(), countsSchema),
  /** Where the typed tables are, by evidence; older cursors have none. */
  typed: z.record(z.string(), typedSchema).default({}),
  /** When we last changed from having everything to not; absent while nothing is known to wait. */
  behindSince: instant.optional(),
  /** When a page, or the last of them, was consumed. */
  appliedAt: instant.optional(),
  trouble: troubleSchema.optional(),
  /** Troubles that somebody was told of, see tell-troubles.ts; older cursors have none. */
  told: toldSchema.default({}),
  due: dueSchema.default({}),
  /** Of the server; see request-count.ts. */
  requests: requestsSchema.optional(),
});

export type Cursor = z.infer<typeof cursorMembers>;

/** Cursors of the first version had the wish to reload in the kind of their trouble only. */
const cursorSchema = cursorMembers.transform((cursor): Cursor => {
  const { trouble, due } = cursor;
  const why = {
    'changelog disabled': 'changelog off' as const,
    'versions went back': 'versions went back' as const,
  }[trouble?.kind as string];
  if (trouble === undefined || why === undefined || due.reload !== undefined) return cursor;
  return { ...cursor, due: { reload: { why, since: trouble.since, fault: trouble.message } } };
});

/** A request's worth of records an evidence may wait in it; 10,000 of them take 300 KB. */
export const cursorForm: DocumentForm<Cursor> = {
  schema: cursorSchema,
  version: 2,
  maxBytes: 16 * 1024 * 1024,
};
export type Load = z.infer<typeof loadSchema>;
export type Trouble = z.infer<typeof troubleSchema>;
export type EvidenceTrouble = z.infer<typeof evidenceTroubleSchema>;
export type Counts = z.infer<typeof countsSchema>;
export type Reload = NonNullable<z.infer<typeof dueSchema>['reload']>;

/**
 * Begins a new generation: nothing is known of the company's versions. Generations are counted in
 * minutes since 1970, so that a mirror that outlives its cursor document still takes what comes.
 *
 * @param before what stays: counts, and procedures that are still to be called
 */
export function restarted(before: Cursor | undefined, now: Date): Cursor {
  return {
    generation: Math.max((before?.generation ?? 0) + 1, Math.floor(now.getTime() / 60_000)),
    globalVersion: 0,
    gaps: [],
    loads: [],
    due: withoutReload(before?.due),
    stale: {},
    hidden: {},
    sizes: before?.sizes ?? {},
    pending: before?.pending ?? {},
    warnings: before?.warnings ?? {},
    evidences: before?.evidences ?? {},
    typed: before?.typed ?? {},
    told: before?.told ?? {},
    ...(before?.requests && { requests: before.requests }),
    ...(before?.readAt && { readAt: before.readAt }),
    ...(before?.appliedAt && { appliedAt: before.appliedAt }),
  };
}

/** What is due beside a reload, which has begun. */
export function withoutReload({ reload: _, ...rest }: Cursor['due'] = {}): Cursor['due'] {
  return rest;
}

const noCounts: Counts = { changes: 0, created: 0, updated: 0, deleted: 0 };

/**
 * The cursor for the evidences that the catalogue has now: new ones are to be loaded, and what is
 * not followed any more is forgotten, so that it is loaded again when it comes back.
 *
 * @returns the same object where nothing differs
 */
export function agreedWith(cursor: Cursor, followed: readonly string[]): Cursor {
  const known = Object.keys(cursor.evidences);
  const added = followed.filter((evidence) => !known.includes(evidence));
  if (added.length === 0 && known.every((evidence) => followed.includes(evidence))) return cursor;
  const loads = cursor.next === undefined ? [] : added.map(newLoad);
  return {
    ...cursor,
    evidences: Object.fromEntries(
      followed.map((evidence) => [evidence, cursor.evidences[evidence] ?? noCounts]),
    ),
    loads: [...cursor.loads.filter(({ evidence }) => followed.includes(evidence)), ...loads],
    stale: only(cursor.stale, followed),
    hidden: only(cursor.hidden, followed),
    pending: only(cursor.pending, followed),
  };
}

function only<T>(byEvidence: Readonly<Record<string, T>>, evidences: readonly string[]) {
  const kept = Object.entries(byEvidence).filter(([evidence]) => evidences.includes(evidence));
  return Object.fromEntries(kept);
}

/** The cursor with a reload that is due; what is due already stays as it is. */
export function owing(cursor: Cursor, reload: Reload): Cursor {
  return cursor.due.reload ? cursor : { ...cursor, due: { ...cursor.due, reload } };
}

export function newLoad(evidence: string): Load {
  return { evidence };
}

/** Marks of the evidences whose rows may have changed, those of this moment anew. */
export function withPending(cursor: Cursor, evidences: Iterable<string>): Cursor['pending'] {
  return marked(cursor.pending, evidences);
}

/** A counter would come again after a cursor was lost. */
function marked(before: Readonly<Record<string, string>>, evidences: Iterable<string>) {
  const fresh = [...evidences].map((evidence) => [evidence, randomUUID()] as const);
  return { ...before, ...Object.fromEntries(fresh) };
}

/** The marks of evidences that are not half loaded. */
export function marksOf({ pending, loads }: Cursor): Cursor['pending'] {
  const loading = new Set(loads.map(({ evidence }) => evidence));
  return Object.fromEntries(Object.entries(pending).filter(([evidence]) => !loading.has(evidence)));
}
