/**
 * What looked different is read again, with the company's lock: nobody else applies then. A record
 * with a change that is yet to be applied is no difference, it comes by itself; whether one is under
 * way is seen in the changelog after the record was read. The others go through the ordinary apply,
 * and what that changes was wrong.
 */

import { type Cursor, newLoad, withPending } from '../cursor.ts';
import { FlexibeeError } from '../errors.ts';
import { ownTroubleOf } from '../evidence-trouble.ts';
import { pageSize } from '../gaps.ts';
import { askAgain, mostAskedAgain } from '../hidden.ts';
import { changesFrom, farthestBack, isGone, keyOf, lastOperations } from '../recent-changes.ts';
import { RequestSizes } from '../request-sizes.ts';
import { StaleRecords, type StoredStale } from '../stale.ts';
import { type Step, type StepContext, stateOf } from '../step.ts';
import type {
  AppliedRows,
  Batch,
  Change,
  MirrorPage,
  Operation,
  RecordState,
  Source,
} from '../types.ts';
import type { Candidates } from './document.ts';
import { type Asked, Remaining } from './remaining.ts';
import { mostCandidates } from './walk.ts';

/** Of so many changes since the walk began those that came first are read again. */
const mostSince = 15 * pageSize;
/** Records that are read again at once, of several evidences. */
const groupSize = 800;

export interface Correction {
  rows: Record<string, AppliedRows>;
  versions: number[];
  /** Evidences that could not be read, and why. */
  skipped: Record<string, string>;
  /** Candidates that are yet to be read again. */
  left: Readonly<Record<string, Candidates>>;
}

/**
 * @param candidates by evidence
 * @param consumed the version that the mirror had when the walk began
 * @param correction gets what is found
 */
export async function* correctionSteps(
  context: StepContext,
  candidates: Readonly<Record<string, Candidates>>,
  consumed: number,
  correction: Correction,
  signal: AbortSignal,
): AsyncGenerator<Step, void, undefined> {
  const { cursor, source } = context;
  const tooMany = Object.keys(candidates).filter(
    (evidence) => (candidates[evidence]?.ids.length ?? 0) > mostCandidates,
  );
  for (const evidence of tooMany) {
    correction.skipped[evidence] = `more than ${mostCandidates} differences: it is loaded anew`;
  }
  const known = await changesBack(source, cursor, { candidates, consumed }, signal);
  // What has changed since the walk began was read anew by a poll.
  const seenSince = new Set(known.filter(({ version }) => version > consumed).map(keyOf));
  const remaining = new Remaining(candidates);
  // What is to be read in full is read as it is.
  for (const evidence of tooMany) remaining.leave(evidence);
  for (const { evidence } of cursor.loads) remaining.leave(evidence);
  for (const evidence of Object.keys(candidates)) {
    // What waits to be fetched is no difference.
    const waiting = new Set(cursor.stale[evidence]?.ids);
    remaining.leave(evidence, (id) => waiting.has(id) || seenSince.has(keyOf({ evidence, id })));
  }
  const left = remaining.toCandidates();
  yield {
    page: nothing(context),
    moved: (before) => {
      correction.left = left;
      if (tooMany.length === 0) return before;
      return { ...before, loads: [...before.loads, ...tooMany.map(newLoad)] };
    },
  };
  const sizes = new RequestSizes(cursor.sizes, context.pageSize);
  const last = lastOperations(known);
  for (;;) {
    const group = remaining.take(groupSize, (evidence) => sizes.of(evidence, groupSize));
    if (group.length === 0) return;
    yield await stepOf(context, { group, known, last, remaining, sizes }, correction, signal);
  }
}

/** What a group is read with. */
interface Reading {
  group: readonly Asked[];
  /** Of the last versions. */
  known: readonly Change[];
  /** Their last operations, by `keyOf`. */
  last: ReadonlyMap<string, Operation>;
  remaining: Remaining;
  sizes: RequestSizes;
}

async function stepOf(
  context: StepContext,
  { group, known, last, remaining, sizes }: Reading,
  correction: Correction,
  signal: AbortSignal,
): Promise<Step> {
  const { cursor, source } = context;
  const page = nothing(context);
  const states: { evidence: string; records: RecordState[]; hidden: string[] }[] = [];
  const asked = new Map<string, number>();
  for (const part of group) {
    const { evidence, versions } = part;
    const ids = [...versions.keys()];
    try {
      const isDeleted = (id: string) => isGone({ evidence, id }, last, cursor.hidden);
      const read = await statesOf(source, evidence, ids, cursor.next - 1, isDeleted, signal);
      sizes.answered(evidence, ids.length, groupSize);
      states.push({ evidence, ...read });
      for (const [id, version] of versions) asked.set(keyOf({ evidence, id }), version);
    } catch (error) {
      const isTooMuch = error instanceof FlexibeeError && error.isTooMuch;
      if (isTooMuch && sizes.tooMuch(evidence, ids.length)) {
        remaining.putBack(part);
        continue;
      }
      const report = ownTroubleOf(error);
      if (report === undefined) throw error;
      correction.skipped[evidence] = report.message;
      remaining.leave(evidence);
    }
  }
  const coming = await comingKeys(source, cursor, signal);
  const missed = known.filter(
    (change) =>
      !coming.has(keyOf(change)) && change.version > (asked.get(keyOf(change)) ?? Number.NaN),
  );
  correction.versions.push(...missed.map(({ version }) => version));
  const batches = states.flatMap(({ evidence, records }): Batch[] => {
    const certain = records.filter(({ id }) => !coming.has(keyOf({ evidence, id })));
    return certain.length > 0 ? [{ evidence, changes: [], records: certain }] : [];
  });
  const written = batches.map(({ evidence }) => evidence);
  const left = remaining.toCandidates();
  const stored = sizes.toStored();
  return {
    page: { ...page, batches },
    moved: (before) => {
      correction.left = left;
      return {
        ...before,
        sizes: stored,
        hidden: states.reduce(withHidden, before.hidden),
        pending: written.length > 0 ? withPending(before, written) : before.pending,
      };
    },
  };
}

/** Records with a change that is yet to be applied: new, or late. */
async function comingKeys(
  source: Source,
  { gaps, next }: StepContext['cursor'],
  signal: AbortSignal,
): Promise<Set<string>> {
  const start = Math.max(1, next - farthestBack, Math.min(gaps[0]?.from ?? next, next));
  const changes = await allFrom(source, start, signal);
  const isComing = ({ version }: Change) =>
    version >= next || gaps.some((one) => one.from <= version && version <= one.to);
  return new Set(changes.filter(isComing).map(keyOf));
}

/** What was read is not hidden any more; what was not given is. */
function withHidden(
  before: StoredStale,
  { evidence, records, hidden }: { evidence: string; records: RecordState[]; hidden: string[] },
): StoredStale {
  const all = new StaleRecords(before);
  for (const { id } of records) all.remove(evidence, id);
  for (const id of hidden) if (!all.has(evidence, id)) all.add(evidence, id, 0);
  return all.toStored();
}

function nothing({ company, cursor, readAt }: StepContext): MirrorPage {
  return { company, generation: cursor.generation, readAt: readAt(), batches: [] };
}

/**
 * From the last changes that the mirror's rows knew of when the walk began, as far back as anybody
 * looks, and all that have come since: without them whatever changed would be read again.
 */
async function changesBack(
  source: Source,
  { next }: Cursor & { next: number },
  { candidates, consumed }: { candidates: Readonly<Record<string, Candidates>>; consumed: number },
  signal: AbortSignal,
): Promise<Change[]> {
  let lowest = next;
  for (const { versions } of Object.values(candidates)) {
    for (const version of versions) lowest = Math.min(lowest, version);
  }
  const began = consumed + 1;
  const back = Math.min(Math.max(began - farthestBack, lowest), began);
  return await allFrom(source, Math.max(1, next - mostSince, back), signal);
}

/** What is not given is asked for once more by a listing; neither: deleted, or hidden. */
async function statesOf(
  source: Source,
  evidence: string,
  ids: readonly string[],
  version: number,
  isDeleted: (id: string) => boolean,
  signal: AbortSignal,
): Promise<{ records: RecordState[]; hidden: string[] }> {
  const found = await source.records(evidence, ids, signal);
  const given = new Set(found.map(({ id }) => id));
  const leftOut = ids.filter((id) => !given.has(id));
  const listed = await askAgain(source, evidence, leftOut.slice(0, mostAskedAgain), signal);
  for (const { id } of listed) given.add(id);
  const missing = ids.filter((id) => !given.has(id));
  const gone = missing
    .filter(isDeleted)
    .map((id) => ({ id, version, deleted: true, externalIds: [] }));
  return {
    records: [...[...found, ...listed].map((record) => stateOf(record, version)), ...gone],
    hidden: missing.filter((id) => !isDeleted(id)),
  };
}

/** To the end of the changelog. @throws BehindError where that is far: then a poll is due first */
async function allFrom(source: Source, from: number, signal: AbortSignal): Promise<Change[]> {
  const { changes, isAll } = await changesFrom(source, from, signal);
  if (!isAll) throw new BehindError('the company is far behind');
  return changes;
}

/** The mirror is too far behind to be compared. */
export class BehindError extends Error {}
