/**
 * Where a reconciliation is, and what the last one found: the document `reconcile/<code>.json`,
 * which is its lock, too. It is none of the company: polls go on meanwhile.
 */

import { z } from 'zod';
import type { DocumentForm } from '../../storage/form.ts';
import { sizesSchema } from '../request-sizes.ts';
import type { StoredStale } from '../stale.ts';

const instant = z.iso.datetime();
const count = z.int().nonnegative();

const candidatesSchema = z
  .object({ ids: z.array(z.string()), versions: z.array(count) })
  .refine(({ ids, versions }) => ids.length === versions.length, 'a version for each id');

const foundSchema = z.object({
  /** Records at the source. */
  compared: count,
  /** At the source, not in the mirror. */
  missing: count,
  /** In the mirror, not at the source. */
  extra: count,
  different: count,
});

const walkSchema = z.object({
  /** What it was begun for: one wish makes one walk. */
  for: z.string(),
  startedAt: instant,
  /** Yet to be compared, the current one first. */
  evidences: z.array(z.string()),
  /** Of the current one: the last record compared. */
  afterId: z.string().optional(),
  /** Versions that were consumed when it began; what changed later is for polls. */
  consumed: count,
  /** How: by the member `lastUpdate`, or, where records have none, by the whole of them. */
  by: z.enum(['lastUpdate', 'content']),
  found: z.record(z.string(), foundSchema),
  /** What looked different, with the mirror's version, 0 where it has no row. */
  candidates: z.record(z.string(), candidatesSchema),
  /** Whether everything is compared, and what is hidden is among the candidates, too. */
  isCompared: z.boolean().default(false),
  /** Evidences that could not be compared, and why. */
  skipped: z.record(z.string(), z.string()),
  /** Versions of changes that the mirror had missed; the first hundred. */
  versions: z.array(count),
  /** Sent to the server, in all and on this day (UTC), repeated ones too; those of polls are theirs. */
  requests: count,
  today: z.object({ day: z.string(), requests: count }),
  /** How many records are asked for at once, where fewer than usual; older documents have none. */
  sizes: sizesSchema.default({}),
  /** Why it does not go on now; `until`: the server asks to be left alone for so long. */
  waits: z.object({ why: z.string(), since: instant, until: instant.optional() }).optional(),
});

const reportSchema = walkSchema
  .pick({ for: true, startedAt: true, found: true, skipped: true, versions: true, requests: true })
  .extend({ endedAt: instant });

const reconciliationSchema = z.object({
  walk: walkSchema.optional(),
  last: reportSchema.optional(),
});

export type Walk = z.infer<typeof walkSchema>;
export type Report = z.infer<typeof reportSchema>;
export type Found = z.infer<typeof foundSchema>;
export type Candidates = z.infer<typeof candidatesSchema>;
export type Reconciliation = z.infer<typeof reconciliationSchema>;

export const reconciliationForm: DocumentForm<Reconciliation> = {
  schema: reconciliationSchema,
  version: 1,
  maxBytes: 16 * 1024 * 1024,
};

export const noneFound: Found = { compared: 0, missing: 0, extra: 0, different: 0 };

/** @param consumed the version up to which the mirror has everything */
export function newWalk(
  wish: string,
  evidences: readonly string[],
  consumed: number,
  now: Date,
): Walk {
  return {
    for: wish,
    startedAt: now.toISOString(),
    evidences: [...evidences],
    consumed,
    by: 'lastUpdate',
    found: {},
    candidates: {},
    isCompared: false,
    skipped: {},
    versions: [],
    requests: 0,
    today: { day: dayOf(now), requests: 0 },
    sizes: {},
  };
}

export const dayOf = (now: Date) => now.toISOString().slice(0, 10);

/** The walk with as many requests more. */
export function withRequests(walk: Walk, more: number, now: Date): Walk {
  const day = dayOf(now);
  const before = walk.today.day === day ? walk.today.requests : 0;
  return {
    ...walk,
    requests: walk.requests + more,
    today: { day, requests: before + more },
  };
}

/** All evidences are compared. What is hidden may be shown by now; of its changes the last is known. */
export function comparedWalk(walk: Walk, hidden: StoredStale): Walk {
  const candidates = { ...walk.candidates };
  for (const [evidence, { ids, versions }] of Object.entries(hidden)) {
    const known = candidates[evidence];
    const byId = new Map(known?.ids.map((id, index) => [id, known.versions[index] ?? 0]));
    for (const [index, id] of ids.entries()) {
      byId.set(id, Math.max(byId.get(id) ?? 0, versions[index] ?? 0));
    }
    candidates[evidence] = { ids: [...byId.keys()], versions: [...byId.values()] };
  }
  return { ...walk, isCompared: true, candidates };
}
