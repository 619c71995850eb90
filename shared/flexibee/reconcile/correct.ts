/**
 * What looked different is read again, with the company's lock: nobody else applies then. A record
 * with a change that is yet to be applied is no difference, it comes by itself; whether one is under
 * way is seen in the changelog after the record was read. The others go through the ordinary apply,
 * and what that changes was wrong.
 */

import { type Cursor, newLoad, withPending } from '../cursor.ts';
import { ownTroubleOf } from '../evidence-trouble.ts';
import { pageSize } from '../gaps.ts';
import { askAgain, mostAskedAgain } from '../hidden.ts';
import { StaleRecords, type StoredStale } from '../stale.ts';
import { type Step, type StepContext, stateOf } from '../step.ts';
import type { AppliedRows, Batch, Change, MirrorPage, RecordState, Source } from '../types.ts';
import type { Candidates } from './document.ts';
import { mostCandidates } from './walk.ts';

/** Records in one request. */
const requestSize = 800;
/** The changelog is looked at so far back for what was missed. */
const farthestBack = 3 * pageSize;
/** More are under way than anybody waits for here: a poll applies them first. */
const mostPages = 20;

export interface Correction {
  rows: Record<string, AppliedRows>;
  versions: number[];
  /** Evidences that could not be read, and why. */
  skipped: Record<string, string>;
}

/** Candidates of one evidence, each with the mirror's version. */
interface Asked {
  evidence: string;
  versions: ReadonlyMap<string, number>;
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
  yield {
    page: nothing(context),
    moved: (before) =>
      tooMany.length === 0
        ? before
        : { ...before, loads: [...before.loads, ...tooMany.map(newLoad)] },
  };
  // What is to be read in full is read as it is.
  const unloaded = new Set([...tooMany, ...cursor.loads.map(({ evidence }) => evidence)]);
  const known = await changesBack(source, cursor, candidates, signal);
  const lastOperation = new Map(known.map((change) => [keyOf(change), change.operation]));
  // What has changed since the walk began was read anew by a poll.
  const seenSince = new Set(known.filter(({ version }) => version > consumed).map(keyOf));
  for (const group of groupsOf(candidates, cursor, unloaded, seenSince)) {
    const page = nothing(context);
    const states: { evidence: string; records: RecordState[]; hidden: string[] }[] = [];
    for (const { evidence, versions } of group) {
      try {
        const ids = [...versions.keys()];
        const isDeleted = (id: string) => {
          const last = lastOperation.get(keyOf({ evidence, id }));
          const isHidden = cursor.hidden[evidence]?.ids.includes(id) ?? false;
          return last === undefined ? !isHidden : last === 'delete';
        };
        const read = await statesOf(source, evidence, ids, cursor.next - 1, isDeleted, signal);
        states.push({ evidence, ...read });
      } catch (error) {
        const report = ownTroubleOf(error);
        if (report === undefined) throw error;
        correction.skipped[evidence] = report.message;
      }
    }
    const { gaps, next } = cursor;
    const start = Math.max(1, next - farthestBack, Math.min(gaps[0]?.from ?? next, next));
    const isComing = ({ version }: Change) =>
      version >= next || gaps.some((one) => one.from <= version && version <= one.to);
    const changes = await changesFrom(source, start, signal);
    const coming = new Set(changes.filter(isComing).map(keyOf));
    const asked = new Map(
      group.flatMap(({ evidence, versions }) =>
        [...versions].map(([id, version]) => [keyOf({ evidence, id }), version] as const),
      ),
    );
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
    yield {
      page: { ...page, batches },
      moved: (before) => ({
        ...before,
        hidden: states.reduce(withHidden, before.hidden),
        pending: written.length > 0 ? withPending(before, written) : before.pending,
      }),
    };
  }
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

const keyOf = ({ evidence, id }: { evidence: string; id: string }) => `${evidence} ${id}`;

function nothing({ company, cursor, readAt }: StepContext): MirrorPage {
  return { company, generation: cursor.generation, readAt: readAt(), batches: [] };
}

/**
 * So many at once as one request may ask for; what waits to be fetched is no difference, nor what
 * changed after the walk had begun.
 */
function* groupsOf(
  candidates: Readonly<Record<string, Candidates>>,
  cursor: Cursor,
  without: ReadonlySet<string>,
  seenSince: ReadonlySet<string>,
): Generator<Asked[], void, undefined> {
  let group: Asked[] = [];
  let size = 0;
  for (const [evidence, { ids, versions }] of Object.entries(candidates)) {
    if (without.has(evidence)) continue;
    const waiting = new Set(cursor.stale[evidence]?.ids);
    const known = ids
      .map((id, index) => [id, versions[index] ?? 0] as const)
      .filter(([id]) => !waiting.has(id) && !seenSince.has(keyOf({ evidence, id })));
    while (known.length > 0) {
      const part = known.splice(0, requestSize - size);
      group.push({ evidence, versions: new Map(part) });
      size += part.length;
      if (size < requestSize) continue;
      yield group;
      group = [];
      size = 0;
    }
  }
  if (size > 0) yield group;
}

/** From the last changes that the mirror's rows know of, as far back as anybody looks. */
async function changesBack(
  source: Source,
  { next }: Cursor & { next: number },
  candidates: Readonly<Record<string, Candidates>>,
  signal: AbortSignal,
): Promise<Change[]> {
  let lowest = next;
  for (const { versions } of Object.values(candidates)) {
    for (const version of versions) lowest = Math.min(lowest, version);
  }
  return await changesFrom(source, Math.max(1, next - farthestBack, lowest), signal);
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

/** To the end of the changelog. @throws Error where that is far: then a poll is due first */
async function changesFrom(source: Source, from: number, signal: AbortSignal): Promise<Change[]> {
  const changes: Change[] = [];
  let start = from;
  for (let pages = 0; pages < mostPages; pages += 1) {
    const page = await source.changes({ start, limit: pageSize }, signal);
    changes.push(...page.changes);
    if (page.next === undefined || page.next <= start) return changes;
    start = page.next;
  }
  throw new BehindError();
}

/** The mirror is too far behind to be compared. */
export class BehindError extends Error {}
