/**
 * Whether the changelog is still the one that we have consumed. A restored backup takes it back to
 * an earlier moment, from where it goes on differently; an evidence of that is a global version
 * below ours, or, once it has grown past that, another change where ours was.
 */

import type { Cursor } from './cursor.ts';
import { isNear, pageSize } from './gaps.ts';
import type { Change, ChangesPage, Source } from './types.ts';

/** What tells a change from another that came to the same version. */
export type ChangeIdentity = Pick<Change, 'version' | 'evidence' | 'id' | 'operation'> & {
  at?: string | undefined;
};

export function identityOf({ version, evidence, id, operation, at }: Change): ChangeIdentity {
  return { version, evidence, id, operation, ...(at !== undefined && { at }) };
}

/** What is known to have gone wrong, in words; undefined when the history is ours. */
export type HistoryFault = string | undefined;

/**
 * Asks for a page that begins no higher than `start`, low enough to see our last change again.
 * An answer that contradicts us may be a stale one: it is asked for once more.
 */
export async function pageOfOurs(
  source: Source,
  cursor: Cursor & { next: number },
  start: number,
  signal: AbortSignal,
): Promise<{ start: number; page: ChangesPage; fault: HistoryFault }> {
  const { last, next } = cursor;
  const seen = last !== undefined && isNear(last.version, next) ? last : undefined;
  const from = Math.min(start, seen?.version ?? start);
  const ask = async () => {
    const page = await changesThrough(source, { from, through: next }, signal);
    const fault = faultOf(page, Math.max(next - 1, cursor.globalVersion), seen);
    return { start: from, page, fault };
  };
  const answer = await ask();
  return answer.fault === undefined ? answer : await ask();
}

function faultOf(page: ChangesPage, seen: number, last?: ChangeIdentity): HistoryFault {
  if (page.globalVersion < seen) {
    return `the global version is ${page.globalVersion}, and it was ${seen} before`;
  }
  if (last === undefined) return undefined;
  const found = page.changes.find(({ version }) => version === last.version);
  if (found === undefined) return `version ${last.version}, which was already read, is not there`;
  const same =
    found.evidence === last.evidence &&
    found.id === last.id &&
    found.operation === last.operation &&
    found.at === last.at;
  return same ? undefined : `version ${last.version} is another change than the one already read`;
}

/**
 * The changes from one version until another is reached or there are no more: one request, unless
 * the server gives less than it is asked for.
 */
export async function changesThrough(
  source: Source,
  { from, through }: { from: number; through: number },
  signal: AbortSignal,
): Promise<ChangesPage> {
  const changes: Change[] = [];
  for (let start = from; ; ) {
    const page = await source.changes({ start, limit: pageSize }, signal);
    changes.push(...page.changes);
    const last = page.changes.at(-1)?.version;
    const reached = last ?? (page.next ?? start) - 1;
    // A page that brings nothing and does not point beyond itself is an end, whatever it says.
    const isEnd = page.next === undefined || reached < start;
    if (isEnd || reached >= through) return { ...page, changes };
    start = reached + 1;
  }
}
