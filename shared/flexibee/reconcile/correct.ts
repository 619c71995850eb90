/**
 * What looked different is read again, with the company's lock: nobody else applies then. A record
 * with a change that is yet to be applied is no difference, it comes by itself; whether one is under
 * way is seen in the changelog after the record was read. The others go through the ordinary apply,
 * and what that changes was wrong.
 */

import { type Cursor, newLoad, withPending } from '../cursor.ts';
import { ownTroubleOf } from '../evidence-trouble.ts';
import { pageSize } from '../gaps.ts';
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
 * @param correction gets what is found
 */
export async function* correctionSteps(
  context: StepContext,
  candidates: Readonly<Record<string, Candidates>>,
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
  for (const group of groupsOf(candidates, cursor, unloaded)) {
    const page = nothing(context);
    const states: { evidence: string; records: RecordState[] }[] = [];
    for (const { evidence, versions } of group) {
      try {
        const ids = [...versions.keys()];
        const records = await statesOf(source, evidence, ids, cursor.next - 1, signal);
        states.push({ evidence, records });
      } catch (error) {
        const report = ownTroubleOf(error);
        if (report === undefined) throw error;
        correction.skipped[evidence] = report.message;
      }
    }
    const changes = await changesAbout(source, cursor, group, signal);
    const isComing = ({ version }: Change) =>
      version >= cursor.next || cursor.gaps.some((one) => one.from <= version && version <= one.to);
    const coming = new Set(changes.filter(isComing).map(keyOf));
    const missed = changes.filter((change) => !coming.has(keyOf(change)));
    correction.versions.push(...missed.map(({ version }) => version));
    const batches = states.flatMap(({ evidence, records }): Batch[] => {
      const certain = records.filter(({ id }) => !coming.has(keyOf({ evidence, id })));
      return certain.length > 0 ? [{ evidence, changes: [], records: certain }] : [];
    });
    const written = batches.map(({ evidence }) => evidence);
    yield {
      page: { ...page, batches },
      moved: (before) =>
        written.length > 0 ? { ...before, pending: withPending(before, written) } : before,
    };
  }
}

const keyOf = ({ evidence, id }: { evidence: string; id: string }) => `${evidence} ${id}`;

function nothing({ company, cursor, readAt }: StepContext): MirrorPage {
  return { company, generation: cursor.generation, readAt: readAt(), batches: [] };
}

/** So many at once as one request may ask for; what waits to be fetched is no difference. */
function* groupsOf(
  candidates: Readonly<Record<string, Candidates>>,
  cursor: Cursor,
  without: ReadonlySet<string>,
): Generator<Asked[], void, undefined> {
  let group: Asked[] = [];
  let size = 0;
  for (const [evidence, { ids, versions }] of Object.entries(candidates)) {
    if (without.has(evidence)) continue;
    const waiting = new Set(cursor.stale[evidence]?.ids);
    const known = ids
      .map((id, index) => [id, versions[index] ?? 0] as const)
      .filter(([id]) => !waiting.has(id));
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

/** Changes of the records asked for that the mirror's rows know nothing of. */
async function changesAbout(
  source: Source,
  { next, gaps }: Cursor & { next: number },
  group: readonly Asked[],
  signal: AbortSignal,
): Promise<Change[]> {
  const known = new Map(
    group.flatMap(({ evidence, versions }) =>
      [...versions].map(([id, version]) => [keyOf({ evidence, id }), version] as const),
    ),
  );
  const lowest = Math.min(...known.values()) + 1;
  const start = Math.max(1, next - farthestBack, Math.min(lowest, gaps[0]?.from ?? next, next));
  const changes = await changesFrom(source, start, signal);
  return changes.filter((change) => change.version > (known.get(keyOf(change)) ?? Number.NaN));
}

async function statesOf(
  source: Source,
  evidence: string,
  ids: readonly string[],
  version: number,
  signal: AbortSignal,
): Promise<RecordState[]> {
  const found = await source.records(evidence, ids, signal);
  const byId = new Map(found.map((record) => [record.id, record]));
  return ids.map((id) => {
    const record = byId.get(id);
    return record === undefined
      ? { id, version, deleted: true, externalIds: [] }
      : stateOf(record, version);
  });
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
