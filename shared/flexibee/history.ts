/**
 * Whether the changelog is still the one that we have consumed. A restored backup takes it back to
 * an earlier moment, from where it goes on differently; a changelog that was off and on again, or
 * whose old part was removed, goes on, but begins above what we have.
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

/**
 * What is known to have gone wrong, in words.
 *
 * `went back`: versions mean something else than before. `cut`: they go on, but what we had read
 * is not in the list any more, and perhaps what we had not; whether it was removed for its age or
 * the changelog was off for a while cannot be told from outside. `emptied`: nothing is in the list,
 * and where versions go on is not known, since some servers take the global one from it.
 */
export interface HistoryFault {
  kind: 'went back' | 'cut' | 'emptied';
  text: string;
  /** Of `cut`, where there is any: the newest change that is listed, by which another cut is seen. */
  newest?: ChangeIdentity;
}

type Consumed = Cursor & { next: number };

/** A page, and what is wrong with the history; undefined when it is ours. */
export interface Answer {
  start: number;
  page: ChangesPage;
  fault: HistoryFault | undefined;
}

/**
 * Asks for a page that begins no higher than `start`, low enough to see our last change again; one
 * that is far below is asked for by itself. An answer that contradicts us may be a stale one: it
 * is asked for once more.
 */
export async function pageOfOurs(
  source: Source,
  cursor: Consumed,
  start: number,
  signal: AbortSignal,
): Promise<Answer> {
  const { last, next } = cursor;
  const near = last !== undefined && isNear(last.version, next) ? last.version : start;
  const from = Math.min(start, near);
  const ask = async () => {
    const page = await changesThrough(source, { from, through: next }, signal);
    // It is above the page where we load again what was cut, and have yet to come to it.
    const through = page.next === undefined ? Number.POSITIVE_INFINITY : newestOf(page);
    const own =
      last === undefined || (last.version >= from && last.version <= through)
        ? page
        : await source.changes({ start: last.version, limit: 1 }, signal);
    return { page, text: contradiction(cursor, page, own) };
  };
  let { page, text } = await ask();
  if (text !== undefined) ({ page, text } = await ask());
  const fault = text === undefined ? undefined : await faultOf(source, cursor, text, signal);
  const newest = page.changes.at(-1);
  const isCut = fault?.kind === 'cut' && newest !== undefined;
  return { start: from, page, fault: isCut ? { ...fault, newest: identityOf(newest) } : fault };
}

const newestOf = ({ changes }: ChangesPage): number => changes.at(-1)?.version ?? 0;

/** @param own where our last change should be */
function contradiction(
  { last, next, globalVersion }: Consumed,
  page: ChangesPage,
  own: ChangesPage,
): string | undefined {
  const seen = Math.max(next - 1, globalVersion);
  if (page.globalVersion < seen) {
    return `the global version is ${page.globalVersion}, and it was ${seen} before`;
  }
  if (last === undefined) return undefined;
  const found = own.changes.find(({ version }) => version === last.version);
  if (found === undefined) return `version ${last.version}, which was already read, is not there`;
  const same =
    found.evidence === last.evidence &&
    found.id === last.id &&
    found.operation === last.operation &&
    isSameMoment(found.at, last.at);
  return same ? undefined : `version ${last.version} is another change than the one already read`;
}

/** What is behind a contradiction, by where the list begins now. */
async function faultOf(
  source: Source,
  { last, next, globalVersion: seen }: Consumed,
  text: string,
  signal: AbortSignal,
): Promise<HistoryFault> {
  const { globalVersion, changes } = await source.changes({ start: 1, limit: 1 }, signal);
  const [first] = changes;
  const goesOn = globalVersion >= Math.max(next - 1, seen);
  if (first === undefined) {
    return { kind: goesOn ? 'cut' : 'emptied', text: `the list of changes is empty, and ${text}` };
  }
  if (goesOn && last !== undefined && first.version > last.version) {
    return { kind: 'cut', text: `it begins with version ${first.version} now, and ${text}` };
  }
  return { kind: 'went back', text };
}

/** The greatest difference of two time zones. */
const zonesMs = 26 * 3_600_000;
const quarterMs = 15 * 60_000;

/**
 * Whether two of the server's times are one moment. A server that is told of another time zone
 * writes the times of old changes otherwise, by some quarters of an hour, to the microsecond.
 */
function isSameMoment(one: string | undefined, other: string | undefined): boolean {
  if (one === other) return true;
  if (one === undefined || other === undefined) return false;
  const apartMs = Math.abs(Date.parse(utc(one)) - Date.parse(utc(other)));
  return apartMs <= zonesMs && apartMs % quarterMs === 0 && fraction(one) === fraction(other);
}

const utc = (at: string) => `${at.slice(0, 19).replace(' ', 'T')}Z`;
const fraction = (at: string) => at.slice(19).replace(/0+$/, '');

/**
 * The changes from one version until another is reached or there are no more: one request, unless
 * the server gives less than it is asked for.
 *
 * @param range `limit` of the first request
 */
export async function changesThrough(
  source: Source,
  { from, through, limit = pageSize }: { from: number; through: number; limit?: number },
  signal: AbortSignal,
): Promise<ChangesPage> {
  const changes: Change[] = [];
  for (let start = from; ; ) {
    const page = await source.changes({ start, limit: start === from ? limit : pageSize }, signal);
    changes.push(...page.changes);
    const last = page.changes.at(-1)?.version;
    const reached = last ?? (page.next ?? start) - 1;
    // A page that brings nothing and does not point beyond itself is an end, whatever it says.
    const isEnd = page.next === undefined || reached < start;
    if (isEnd || reached >= through) return { ...page, changes };
    start = reached + 1;
  }
}
