/**
 * What the changelog's last versions tell of records that nobody gives to us: those whose last change
 * is no deletion are there, and hidden.
 */

import { pageSize } from './gaps.ts';
import type { StoredStale } from './stale.ts';
import type { Change, Operation, Source } from './types.ts';

/** The changelog is looked at so far back for what was missed. */
export const farthestBack = 3 * pageSize;
/** More are under way than anybody waits for here: a poll applies them first. */
const mostPages = 20;

/** By evidence and number. */
export const keyOf = ({ evidence, id }: { evidence: string; id: string }) => `${evidence} ${id}`;

/** Changes from a version on; not `isAll` where their end is far. */
export async function changesFrom(
  source: Source,
  from: number,
  signal: AbortSignal,
): Promise<{ changes: Change[]; isAll: boolean }> {
  const changes: Change[] = [];
  let start = from;
  for (let pages = 0; pages < mostPages; pages += 1) {
    const page = await source.changes({ start, limit: pageSize }, signal);
    changes.push(...page.changes);
    if (page.next === undefined || page.next <= start) return { changes, isAll: true };
    start = page.next;
  }
  return { changes, isAll: false };
}

/** By `keyOf`. */
export function lastOperations(changes: readonly Change[]): ReadonlyMap<string, Operation> {
  return new Map(changes.map((change) => [keyOf(change), change.operation]));
}

/** Whether a record that is neither given nor listed is deleted, as far as anybody can tell. */
export function isGone(
  record: { evidence: string; id: string },
  last: ReadonlyMap<string, Operation>,
  hidden: StoredStale,
): boolean {
  const operation = last.get(keyOf(record));
  if (operation !== undefined) return operation === 'delete';
  return !(hidden[record.evidence]?.ids.includes(record.id) ?? false);
}
