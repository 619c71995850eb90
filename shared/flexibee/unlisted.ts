/**
 * What the mirror has and the end of a full load has not: deleted, or hidden from our user by rights,
 * which no listing tells. Of rows of this generation the changelog may tell; what was written before
 * it began (the changelog was off, a backup was restored) is in none, and is taken for deleted.
 */

import { changesFrom, farthestBack, isGone, lastOperations } from './recent-changes.ts';
import { mostStale } from './stale-steps.ts';
import type { StepContext } from './step.ts';

export interface Unlisted {
  gone: string[];
  hidden: string[];
}

/** Deletions in one call. */
export const goneAtOnce = 1_000;

/**
 * @param since when the load's first page was read
 * @returns undefined where nothing is hidden, as far as is known: then all of it is deleted
 */
export async function unlisted(
  { source, cursor, unseen }: StepContext,
  { evidence, since }: { evidence: string; since: string },
  signal: AbortSignal,
): Promise<Unlisted | undefined> {
  const ids: string[] = [];
  const rows = unseen?.(evidence, { generation: cursor.generation, readBefore: since }, signal);
  for await (const page of rows ?? []) ids.push(...page.map(({ id }) => id));
  if (ids.length === 0) return undefined;
  const from = Math.max(1, cursor.next - farthestBack);
  const { changes } = await changesFrom(source, from, signal);
  const last = lastOperations(changes);
  const isHidden = (id: string) => !isGone({ evidence, id }, last, cursor.hidden);
  const hidden = ids.filter(isHidden).slice(0, mostStale);
  if (hidden.length === 0) return undefined;
  const kept = new Set(hidden);
  return { gone: ids.filter((id) => !kept.has(id)), hidden };
}
