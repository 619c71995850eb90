/**
 * Whatever slipped through is found: each evidence is held against its mirror, what differs is read
 * again, and what was found is kept. Broken off anywhere, it goes on where it was.
 */

import type { ContainerClient } from '@azure/storage-blob';
import { DatabaseError } from '../../database/database-error.ts';
import { LeasedDocuments } from '../../lock/leased-document.ts';
import { sum } from '../applied-rows.ts';
import { Session } from '../company-session.ts';
import type { FollowContext } from '../context.ts';
import { FlexibeeError } from '../errors.ts';
import { acquireWithin, poll } from '../follow.ts';
import { RequestSizes } from '../request-sizes.ts';
import type { StoredStale } from '../stale.ts';
import type { Source } from '../types.ts';
import { BehindError, type Correction, correctionSteps } from './correct.ts';
import {
  newWalk,
  noneFound,
  type Reconciliation,
  type Report,
  reconciliationForm,
  type Walk,
  withRequests,
} from './document.ts';
import type { MirrorRows } from './mirror-rows.ts';
import { walkOn } from './walk.ts';

/**
 * `handed on`: there is more to do now; `later`: in some minutes, the server, the base or the
 * company's lock is not to be had; `paused`: on another day, the requests of this one are used up;
 * `idle`: the wish is fulfilled; `busy`: somebody else is at it.
 */
export type ReconcileOutcome = 'done' | 'handed on' | 'later' | 'paused' | 'idle' | 'busy';

export type ReconciliationStore = Pick<LeasedDocuments<Reconciliation>, 'acquire' | 'read'>;

export interface ReconcileContext {
  follow: FollowContext;
  rows: MirrorRows;
  documents: ReconciliationStore;
  /** Why an evidence cannot be compared; undefined: it can. */
  unknown?(evidence: string): string | undefined;
  /** Requests to the server on one day (UTC). */
  requestsPerDay?: number;
}

/** Of a daily limit that all clients of a company share. */
const defaultRequestsPerDay = 500;
const waitForLockMs = 60_000;
/** Told of one reconciliation. */
const mostVersions = 100;

export function reconciliationStore(
  container: ContainerClient,
  leaseSeconds: number,
): ReconciliationStore {
  return new LeasedDocuments(container, 'reconcile/', reconciliationForm, leaseSeconds);
}

/**
 * Begins what is wished for, unless it is under way or done, and goes on with it for a slice.
 *
 * @param wish one wish makes one reconciliation, however often it comes
 * @throws LeaseLostError, storage's errors, or the reason of `signal`: then again
 */
export async function reconcile(
  context: ReconcileContext,
  wish: string,
  signal: AbortSignal,
): Promise<ReconcileOutcome> {
  const { code, evidences } = context.follow.company;
  const held = await context.documents.acquire(code, signal);
  if (held === undefined) return 'busy';
  const bounded = AbortSignal.any([signal, held.lost]);
  const { follow } = context;
  const source = counting(follow.source);
  try {
    let { walk, last } = held.value ?? {};
    if (walk === undefined) {
      if (last?.for === wish) return 'idle';
      const cursor = await follow.cursors.read(code, bounded);
      walk = newWalk(wish, evidences, (cursor?.next ?? 1) - 1, follow.now());
    }
    const save = async (next: Walk): Promise<Walk> => {
      const counted = withRequests(next, source.take(), follow.now());
      await held.replace({ walk: counted, ...(last && { last }) }, bounded);
      return counted;
    };
    walk = await save(agreed(walk, context));
    const endsAt = performance.now() + follow.sliceMs;
    const sizes = new RequestSizes();
    const { requestsPerDay = defaultRequestsPerDay } = context;
    while (walk.evidences.length > 0) {
      if (walk.today.requests >= requestsPerDay) return 'paused';
      walk = await save(await walkOn(walk, source, context.rows, sizes, bounded));
      if (performance.now() >= endsAt) return 'handed on';
    }
    const corrected = await corrections({ ...follow, source }, walk, bounded);
    if (corrected === undefined) return 'later';
    const ended = withRequests(corrected, source.take(), follow.now());
    last = reportOf(ended, follow.now());
    await held.replace({ last }, bounded);
    follow.log(`FlexiBee ${code}: ${told(last)}`);
    return 'done';
  } catch (error) {
    bounded.throwIfAborted();
    const isPassing =
      error instanceof FlexibeeError ||
      error instanceof DatabaseError ||
      error instanceof BehindError;
    if (!isPassing) throw error;
    follow.log(`FlexiBee ${code}: reconciliation is interrupted: ${error.message}`);
    return 'later';
  } finally {
    await held.release();
  }
}

/** Without evidences that are not followed any more, or whose rows nobody knows here. */
function agreed(walk: Walk, { follow, unknown }: ReconcileContext): Walk {
  const reasons = Object.fromEntries(
    walk.evidences.flatMap((evidence) => {
      const isFollowed = follow.company.evidences.includes(evidence);
      const why = isFollowed ? unknown?.(evidence) : 'it is not followed any more';
      return why === undefined ? [] : [[evidence, why]];
    }),
  );
  const [current] = walk.evidences;
  const isAtStart = current !== undefined && current in reasons;
  return {
    ...walk,
    evidences: walk.evidences.filter((evidence) => !(evidence in reasons)),
    skipped: { ...walk.skipped, ...reasons },
    ...(isAtStart && { afterId: undefined, by: 'lastUpdate' as const }),
  };
}

/** @returns undefined while the company is not to be had, or not up to date */
async function corrections(
  follow: FollowContext,
  walk: Walk,
  signal: AbortSignal,
): Promise<Walk | undefined> {
  const before = await follow.cursors.read(follow.company.code, signal);
  const candidates = withHiddenOnes(walk.candidates, before?.hidden ?? {});
  if (Object.keys(candidates).length === 0) return walk;
  const outcome = await poll(follow, { waitForLockMs }, signal);
  if (outcome !== 'idle' && outcome !== 'applied') return undefined;
  const held = await acquireWithin(follow.cursors, follow.company.code, waitForLockMs, signal);
  if (held === undefined) return undefined;
  try {
    const session = new Session(follow, held, signal);
    if (session.cursor.next === undefined || session.cursor.due.reload) return undefined;
    const correction: Correction = { rows: {}, versions: [], skipped: {} };
    await session.take(
      (steps, within) => correctionSteps(steps, candidates, walk.consumed, correction, within),
      () => false,
      ({ evidence }, rows) => {
        correction.rows[evidence] = sum(correction.rows[evidence], rows);
      },
    );
    await session.seeToCalls();
    return withCorrection(walk, correction);
  } finally {
    await held.release();
  }
}

/** What is hidden may be shown by now; of its changes the last is known. */
function withHiddenOnes(candidates: Walk['candidates'], hidden: StoredStale): Walk['candidates'] {
  const all = { ...candidates };
  for (const [evidence, { ids, versions }] of Object.entries(hidden)) {
    const known = candidates[evidence];
    const byId = new Map(known?.ids.map((id, index) => [id, known.versions[index] ?? 0]));
    for (const [index, id] of ids.entries()) {
      byId.set(id, Math.max(byId.get(id) ?? 0, versions[index] ?? 0));
    }
    all[evidence] = { ids: [...byId.keys()], versions: [...byId.values()] };
  }
  return all;
}

function withCorrection(walk: Walk, { rows, versions, skipped }: Correction): Walk {
  const found = { ...walk.found };
  for (const [evidence, { created, updated, deleted }] of Object.entries(rows)) {
    const before = found[evidence] ?? noneFound;
    found[evidence] = {
      ...before,
      missing: before.missing + created,
      extra: before.extra + deleted,
      different: before.different + updated,
    };
  }
  return {
    ...walk,
    candidates: {},
    found,
    skipped: { ...walk.skipped, ...skipped },
    versions: [...new Set([...walk.versions, ...versions.filter((one) => one <= walk.consumed)])]
      .toSorted((one, other) => one - other)
      .slice(0, mostVersions),
  };
}

function reportOf(walk: Walk, now: Date): Report {
  const { for: wish, startedAt, found, skipped, versions, requests } = walk;
  return {
    ...{ for: wish, startedAt, found, skipped, versions, requests },
    endedAt: now.toISOString(),
  };
}

function told({ found, versions }: Report): string {
  const all = Object.entries(found);
  const compared = all.reduce((total, [, one]) => total + one.compared, 0);
  const wrong = all.flatMap(([evidence, { missing, extra, different }]) =>
    missing + extra + different === 0
      ? []
      : [`${evidence}: ${missing} missing, ${extra} extra, ${different} different`],
  );
  const missed = versions.length > 0 ? `; missed versions ${versions.join(', ')}` : '';
  return `reconciled, ${compared} records compared, ${wrong.join('; ') || 'no difference'}${missed}`;
}

/** A source that counts what it is asked. */
function counting(source: Source): Source & { take(): number } {
  let asked = 0;
  const one = <T>(call: Promise<T>): Promise<T> => {
    asked += 1;
    return call;
  };
  return {
    changes: (range, signal) => one(source.changes(range, signal)),
    records: (evidence, ids, signal) => one(source.records(evidence, ids, signal)),
    list: (evidence, range, signal) => one(source.list(evidence, range, signal)),
    /** Since the last time. */
    take() {
      const taken = asked;
      asked = 0;
      return taken;
    },
  };
}
