/**
 * Changes page by page: the journal is written with each page, and the cursor moves behind it. The
 * records are fetched in bulk when enough of them have changed, see stale.ts; so a worker that
 * dies costs one page, or one request for records.
 */

import { type Counts, type Cursor, withPending } from './cursor.ts';
import { type EvidencePart, fold } from './fold.ts';
import { bounded, type Gap, missingIn, pageSize } from './gaps.ts';
import { identityOf } from './history.ts';
import { PageGatherer } from './mirror-page.ts';
import { StaleRecords, type StaleVersions, withoutStale } from './stale.ts';
import { type Step, type StepContext, stateOf } from './step.ts';
import type { Batch, Change, ChangesPage } from './types.ts';

/**
 * Records in one request. The fewer, the less memory; but over all no more than one for 500 records
 * is promised, records that change again later are fetched again, and the last request of each
 * evidence takes what is left.
 */
const requestSize = 800;

/** Records in one call, until another request for them: a page is one call where they are fewer. */
const mostInCall = 2 * requestSize;

/**
 * So many records may wait to be fetched. Up to twenty-five evidences, every request is a full one
 * then; a record that changes again while it waits is fetched once; the cursor stays below half a
 * megabyte.
 */
const mostStale = 20_000;

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
export async function* pageSteps(
  context: StepContext,
  beginning: Beginning,
  signal: AbortSignal,
): AsyncGenerator<Step, void, undefined> {
  const stale = new StaleRecords(context.cursor.stale);
  for await (const page of pages(context, beginning, signal)) {
    const parts = new Map(page.parts.map((part) => [part.evidence, part]));
    for (const { evidence, records } of page.parts) {
      for (const { id, version, deleted } of records) {
        if (deleted) stale.remove(evidence, id);
        else stale.add(evidence, id, version);
      }
    }
    const written = new Set<string>();
    let gathered = gatherer(context);
    while (stale.size > (page.more ? mostStale : 0)) {
      if (gathered.size >= mostInCall) {
        // Within a backlog the page is what a kill costs; its end may bring twenty of these.
        yield page.more
          ? { page: gathered.page }
          : { page: gathered.page, moved: moveTo(gathered) };
        gathered = gatherer(context);
      }
      const { evidence, versions } = stale.take(requestSize);
      gathered.add(await batchOf(context, evidence, parts.get(evidence), versions, signal));
      gathered.fetched.push({ evidence, versions });
      parts.delete(evidence);
      written.add(evidence);
    }
    for (const [evidence, part] of parts) {
      const batch = await batchOf(context, evidence, part, new Map(), signal);
      if (batch.records.length > 0) written.add(evidence);
      gathered.add(batch);
    }
    yield { page: gathered.page, moved: moveBehind(page, stale, written, context.now()) };
  }
}

interface Page {
  /** Late changes, too. */
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

async function* pages(
  { cursor, source, evidences, now }: StepContext,
  beginning: Beginning,
  signal: AbortSignal,
): AsyncGenerator<Page, void, undefined> {
  const followed = new Set(evidences);
  let { page } = beginning;
  let { next } = cursor;
  let gaps = [...beginning.gaps];
  let late = beginning.late;
  for (;;) {
    const fresh = page.changes.filter(({ version }) => version >= next);
    gaps = bounded([...gaps, ...missingIn(next, fresh, now())]);
    const last = fresh.at(-1);
    next = last === undefined ? next : last.version + 1;
    // A page that brings nothing new is an end, whatever it says.
    const more = page.next !== undefined && last !== undefined;
    const parts = fold([...late, ...fresh], followed, cursor.next - 1);
    const newest = last ?? late.at(-1);
    const { globalVersion } = page;
    yield { parts, next, gaps, globalVersion, more, ...(newest && { newest }) };
    if (!more) return;
    late = [];
    page = await source.changes({ start: next, limit: pageSize }, signal);
  }
}

function gatherer({ company, cursor, readAt }: StepContext): PageGatherer {
  return new PageGatherer({ company, generation: cursor.generation, readAt: readAt() });
}

/** Moves the cursor on by records that are not stale any more. */
function moveTo({ fetched }: PageGatherer): (cursor: Cursor) => Cursor {
  return (before) => {
    let cursor = before;
    for (const { evidence, versions } of fetched) {
      const stale = withoutStale(cursor.stale, evidence, versions);
      if (stale === cursor.stale) continue;
      cursor = { ...cursor, stale, pending: withPending(cursor, [evidence]) };
    }
    return cursor;
  };
}

/**
 * One evidence's part of a page, with what is known to be deleted, and the records to be fetched;
 * what the answer leaves out of those is deleted, too.
 */
async function batchOf(
  { source }: StepContext,
  evidence: string,
  part: EvidencePart | undefined,
  versions: StaleVersions,
  signal: AbortSignal,
): Promise<Batch> {
  const ids = [...versions.keys()];
  const found = ids.length === 0 ? [] : await source.records(evidence, ids, signal);
  const byId = new Map(found.map((record) => [record.id, record]));
  const deleted = (part?.records ?? []).filter((record) => record.deleted);
  const states = [...versions].map(([id, version]) => {
    const record = byId.get(id);
    return record === undefined ? goneIn(id, version) : stateOf(record, version);
  });
  return {
    evidence,
    changes: part?.changes ?? [],
    records: [...deleted.map(({ id, version }) => goneIn(id, version)), ...states],
  };
}

function goneIn(id: string, version: number) {
  return { id, version, deleted: true, externalIds: [] };
}

/** Moves the cursor behind a page that is applied, but for the records that are stale now. */
function moveBehind(
  page: Page,
  staleNow: StaleRecords,
  written: ReadonlySet<string>,
  now: Date,
): (cursor: Cursor) => Cursor {
  const { parts, next, gaps, globalVersion, more, newest } = page;
  const appliedAt = now.toISOString();
  const stale = staleNow.toStored();
  return ({ behindSince = appliedAt, ...cursor }) => ({
    ...cursor,
    next,
    gaps,
    globalVersion,
    ...(newest && newest.version > (cursor.last?.version ?? 0) && { last: identityOf(newest) }),
    stale,
    evidences: { ...cursor.evidences, ...counted(cursor.evidences, parts) },
    pending: withPending(cursor, written),
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
