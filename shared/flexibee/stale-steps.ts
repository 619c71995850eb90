/** Fetching the records that are stale; those of an evidence that cannot be read go on waiting. */

import { type Cursor, withPending } from './cursor.ts';
import { FlexibeeError } from './errors.ts';
import {
  ownTroubleOf,
  resting,
  withEvidenceTrouble,
  withoutEvidenceTrouble,
} from './evidence-trouble.ts';
import type { EvidencePart } from './fold.ts';
import { askAgain, mostAskedAgain } from './hidden.ts';
import { PageGatherer } from './mirror-page.ts';
import { RequestSizes } from './request-sizes.ts';
import { StaleRecords, type StaleVersions, withoutStale } from './stale.ts';
import { type Step, type StepContext, stateOf } from './step.ts';
import type { Batch, FlexibeeRecord, RecordState } from './types.ts';

/**
 * Records in one request. The fewer, the less memory; but over all no more than one for 500 records
 * is promised, records that change again later are fetched again, and the last request of each
 * evidence takes what is left.
 */
const requestSize = 800;

/**
 * So many records may wait to be fetched. Up to twenty-five evidences, every request is a full one
 * then; a record that changes again while it waits is fetched once; the cursor stays below half a
 * megabyte. So many may wait for an evidence that cannot be read, too: with more it is loaded anew.
 */
export const mostStale = 20_000;

/** What waits in a turn. */
export interface Waiting {
  stale: StaleRecords;
  /** See hidden.ts. */
  hidden: StaleRecords;
  /** Of those, what was left out in this turn. */
  leftOut: { evidence: string; id: string; version: number }[];
  sizes: RequestSizes;
  /** Evidences that are not asked for any more in this turn. */
  blocked: Set<string>;
  /** Evidences of which records were fetched. */
  fetched: Set<string>;
}

export function waitingIn({ cursor, now, pageSize }: StepContext): Waiting {
  // What could not be loaded just now cannot be fetched either.
  const unloaded = cursor.loads.map(({ evidence }) => evidence);
  return {
    stale: new StaleRecords(cursor.stale),
    hidden: new StaleRecords(cursor.hidden),
    leftOut: [],
    sizes: new RequestSizes(cursor.sizes, pageSize),
    blocked: new Set([...unloaded, ...resting(cursor, now())]),
    fetched: new Set(),
  };
}

/** Records in one call, until another request for them: a page is one call where they are fewer. */
const mostInCall = 2 * requestSize;

/**
 * @param parts evidences' parts of the page; what is written with records is taken out
 * @param more whether the changelog goes on: then only what is too much to wait is fetched
 * @returns what is yet to be written
 */
export async function* staleSteps(
  context: StepContext,
  waiting: Waiting,
  parts: Map<string, EvidencePart>,
  more: boolean,
  signal: AbortSignal,
): AsyncGenerator<Step, PageGatherer, undefined> {
  const { stale, sizes, blocked, fetched } = waiting;
  const sizeOf = (evidence: string) => sizes.of(evidence, requestSize);
  const nothing = () => gatherer(context).page;
  let gathered = gatherer(context);
  while (stale.sizeWithout(blocked) > (more ? mostStale : 0)) {
    if (gathered.size >= mostInCall) {
      // Within a backlog the page is what a kill costs; its end may bring twenty of these.
      yield more
        ? { page: gathered.page }
        : { page: gathered.page, moved: moveTo(gathered, waiting) };
      gathered = gatherer(context);
    }
    const { evidence, versions } = stale.take(sizeOf, blocked);
    try {
      const part = parts.get(evidence);
      gathered.add(await batchOf(context, waiting, { evidence, part, versions }, signal));
    } catch (error) {
      stale.putBack(evidence, versions);
      const isTooMuch = error instanceof FlexibeeError && error.isTooMuch;
      if (isTooMuch && sizes.tooMuch(evidence, versions.size)) {
        const stored = sizes.toStored();
        yield { page: nothing(), moved: (cursor) => ({ ...cursor, sizes: stored }) };
        continue;
      }
      const report = ownTroubleOf(error);
      if (report === undefined) throw error;
      blocked.add(evidence);
      const now = context.now();
      const moved = (cursor: Cursor) => withEvidenceTrouble(cursor, evidence, report, now);
      yield { page: nothing(), moved };
      continue;
    }
    const isSmall = sizeOf(evidence) < requestSize;
    sizes.answered(evidence, versions.size, requestSize);
    gathered.fetched.push({ evidence, versions });
    parts.delete(evidence);
    fetched.add(evidence);
    if (!isSmall) continue;
    // Who gives so little at a time is slow: each request is progress.
    yield { page: gathered.page, moved: moveTo(gathered, waiting) };
    gathered = gatherer(context);
  }
  if (!more) await addWhatIsListed(context, waiting, gathered, signal);
  return gathered;
}

/** What was left out, and is not known to be deleted by now, may be listed all the same. */
async function addWhatIsListed(
  { source }: StepContext,
  { hidden, leftOut }: Waiting,
  gathered: PageGatherer,
  signal: AbortSignal,
): Promise<void> {
  const asked = leftOut.filter(({ evidence, id }) => hidden.has(evidence, id));
  for (const { evidence, id, version } of asked.slice(0, mostAskedAgain)) {
    let found: FlexibeeRecord[];
    try {
      found = await askAgain(source, evidence, [id], signal);
    } catch (error) {
      if (ownTroubleOf(error) === undefined) throw error;
      continue;
    }
    if (found.length === 0) continue;
    hidden.remove(evidence, id);
    const records = found.map((record) => stateOf(record, version));
    gathered.add({ evidence, changes: [], records });
  }
  leftOut.length = 0;
}

/** What has waited since an evidence was in trouble, with no page of changes about it. */
export async function* waitingSteps(
  context: StepContext,
  signal: AbortSignal,
): AsyncGenerator<Step, void, undefined> {
  const waiting = waitingIn(context);
  const gathered = yield* staleSteps(context, waiting, new Map(), false, signal);
  yield { page: gathered.page, moved: moveTo(gathered, waiting) };
}

function gatherer({ company, cursor, readAt }: StepContext): PageGatherer {
  return new PageGatherer({ company, generation: cursor.generation, readAt: readAt() });
}

/** Moves the cursor on by records that are not stale any more. */
function moveTo({ fetched }: PageGatherer, { sizes, hidden }: Waiting): (cursor: Cursor) => Cursor {
  const stored = sizes.toStored();
  const unseen = hidden.toStored();
  return (before) => {
    let cursor = before;
    for (const { evidence, versions } of fetched) {
      const well = withoutEvidenceTrouble(cursor, evidence);
      const stale = withoutStale(well.stale, evidence, versions);
      if (stale === cursor.stale && well === cursor) continue;
      const pending = withPending(well, [evidence]);
      cursor = { ...well, stale, hidden: unseen, sizes: stored, pending };
    }
    return cursor;
  };
}

/** One evidence's part of a page. */
export interface BatchParts {
  evidence: string;
  part: EvidencePart | undefined;
  /** To be fetched. */
  versions: StaleVersions;
}

/**
 * What is known to be deleted, and the records to be fetched; what the answer leaves out of those is
 * deleted, too, where a deletion was seen, and hidden otherwise.
 */
export async function batchOf(
  { source }: StepContext,
  { stale, hidden, leftOut }: Waiting,
  { evidence, part, versions }: BatchParts,
  signal: AbortSignal,
): Promise<Batch> {
  const ids = [...versions.keys()];
  const found = ids.length === 0 ? [] : await source.records(evidence, ids, signal);
  const byId = new Map(found.map((record) => [record.id, record]));
  const deleted = (part?.records ?? []).filter((record) => record.deleted);
  const states = [...versions].flatMap(([id, version]) => {
    const record = byId.get(id);
    if (record !== undefined || stale.isDeleteSeen(evidence, id)) {
      hidden.remove(evidence, id);
      return record === undefined ? goneIn(id, version) : stateOf(record, version);
    }
    if (hidden.sizeOf(evidence) >= mostStale) return [];
    hidden.add(evidence, id, version);
    leftOut.push({ evidence, id, version });
    return [];
  });
  return {
    evidence,
    changes: part?.changes ?? [],
    records: [...deleted.map(({ id, version }) => goneIn(id, version)), ...states],
  };
}

export function goneIn(id: string, version: number): RecordState {
  return { id, version, deleted: true, externalIds: [] };
}
