/**
 * Changes in windows: a few pages of the changelog, the records in them fetched in bulk.
 *
 * A page over nine evidences holds a hundred records of each, and a request for so few is a waste.
 * So pages are gathered until a request brings 600 records on average, or there are ten of them.
 * One evidence reaches that with each page, nine alike with six. The cursor moves at the end of a
 * window: that much is done again when a worker dies.
 */

import { type Counts, type Cursor, withPending } from './cursor.ts';
import { chunks, type EvidencePart, fold } from './fold.ts';
import { bounded, type Gap, missingIn, pageSize } from './gaps.ts';
import { identityOf } from './history.ts';
import { batchSize, type Step, type StepContext, stateOf } from './step.ts';
import type { Batch, Change, ChangesPage } from './types.ts';

/** 500 are promised over all; the last window of a backlog takes what there is. */
const recordsPerRequest = 600;
const mostPages = 10;

/** What the first answers of a poll have brought. */
export interface Beginning {
  /** Below the cursor. */
  late: readonly Change[];
  /** What is left of the gaps that the cursor had. */
  gaps: readonly Gap[];
  /** Reaches the cursor. */
  page: ChangesPage;
}

/** Steps from the beginning until the changelog has no more. */
export async function* windowSteps(
  context: StepContext,
  beginning: Beginning,
  signal: AbortSignal,
): AsyncGenerator<Step, void, undefined> {
  for await (const window of windows(context, beginning, signal)) {
    const parts = window.parts.flatMap((part) => [...chunks(part, batchSize)]);
    const moved = moveBehind(window, context.now());
    if (parts.length === 0) yield { moved };
    for (const [index, part] of parts.entries()) {
      const batch = await batchOf(part, context, signal);
      yield index === parts.length - 1 ? { batch, moved } : { batch };
    }
  }
}

interface Window {
  parts: EvidencePart[];
  /** The newest change in it, perhaps a late one. */
  newest?: Change;
  /** The cursor behind it. */
  next: number;
  gaps: Gap[];
  globalVersion: number;
  /** The changelog goes on. */
  more: boolean;
}

async function* windows(
  { cursor, source, evidences, now }: StepContext,
  beginning: Beginning,
  signal: AbortSignal,
): AsyncGenerator<Window, void, undefined> {
  const followed = new Set(evidences);
  let { page } = beginning;
  let { next } = cursor;
  let gaps = [...beginning.gaps];
  let changes = [...beginning.late];
  for (let pages = 1; ; pages += 1) {
    const fresh = page.changes.filter(({ version }) => version >= next);
    gaps = bounded([...gaps, ...missingIn(next, fresh, now())]);
    changes.push(...fresh);
    const last = fresh.at(-1);
    next = last === undefined ? next : last.version + 1;
    // A page that brings nothing new is an end, whatever it says.
    const more = page.next !== undefined && last !== undefined;
    const parts = fold(changes, followed, cursor.next - 1);
    if (!more || pages === mostPages || isWorthwhile(parts)) {
      const { globalVersion } = page;
      const newest = changes.at(-1);
      yield { parts, next, gaps, globalVersion, more, ...(newest && { newest }) };
      if (!more) return;
      changes = [];
      pages = 0;
    }
    page = await source.changes({ start: next, limit: pageSize }, signal);
  }
}

function isWorthwhile(parts: readonly EvidencePart[]): boolean {
  const counts = parts.map(({ records }) => records.filter(({ deleted }) => !deleted).length);
  const requests = counts.reduce((sum, count) => sum + Math.ceil(count / batchSize), 0);
  return requests * recordsPerRequest <= counts.reduce((sum, count) => sum + count, 0);
}

/** Asks for what is not known to be deleted; what the answer leaves out is deleted, too. */
async function batchOf(
  { evidence, changes, records }: EvidencePart,
  { company, cursor, source, readAt }: StepContext,
  signal: AbortSignal,
): Promise<Batch> {
  const at = readAt();
  const ids = records.filter(({ deleted }) => !deleted).map(({ id }) => id);
  const found = ids.length === 0 ? [] : await source.records(evidence, ids, signal);
  const byId = new Map(found.map((record) => [record.id, record]));
  return {
    company,
    evidence,
    generation: cursor.generation,
    readAt: at,
    changes,
    records: records.map(({ id, version }) => {
      const record = byId.get(id);
      if (record === undefined) return { id, version, deleted: true, externalIds: [] };
      return stateOf(record, version);
    }),
  };
}

/** Moves the cursor behind a window that is applied. */
function moveBehind(window: Window, now: Date): (cursor: Cursor) => Cursor {
  const { parts, next, gaps, globalVersion, more, newest } = window;
  const appliedAt = now.toISOString();
  return ({ behindSince = appliedAt, ...cursor }) => ({
    ...cursor,
    next,
    gaps,
    globalVersion,
    ...(newest && newest.version > (cursor.last?.version ?? 0) && { last: identityOf(newest) }),
    evidences: { ...cursor.evidences, ...counted(cursor.evidences, parts) },
    pending: withPending(
      cursor,
      parts.map(({ evidence }) => evidence),
    ),
    appliedAt,
    ...(more && { behindSince }),
  });
}

function counted(
  counts: Readonly<Record<string, Counts>>,
  parts: readonly EvidencePart[],
): Record<string, Counts> {
  return Object.fromEntries(
    parts.flatMap(({ evidence, changes }) => {
      const before = counts[evidence];
      if (before === undefined) return [];
      return [[evidence, { ...before, changes: before.changes + changes.length }]];
    }),
  );
}
