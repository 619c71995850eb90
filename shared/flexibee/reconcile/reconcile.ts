/**
 * Whatever slipped through is found: each evidence is held against its mirror, what differs is read
 * again, and what was found is kept. Broken off anywhere, it goes on where it was.
 */

import type { ContainerClient } from '@azure/storage-blob';
import { DatabaseError } from '../../database/database-error.ts';
import { type LeasedDocument, LeasedDocuments } from '../../lock/leased-document.ts';
import { DocumentNewerError } from '../../storage/documents.ts';
import { phaseOf } from '../company-state.ts';
import type { FollowContext } from '../context.ts';
import { FlexibeeError } from '../errors.ts';
import type { Source } from '../types.ts';
import { BehindError } from './correct.ts';
import { correct } from './correction-turn.ts';
import {
  comparedWalk,
  newWalk,
  type Reconciliation,
  reconciliationForm,
  type Walk,
  withRequests,
} from './document.ts';
import { keepCount, owe, settle } from './due.ts';
import type { MirrorRows } from './mirror-rows.ts';
import { foundEvent, reportOf, told } from './report.ts';
import { walkOn } from './walk.ts';

/**
 * `handed on`: there is more to do now; `waits`: the server, the base, the company's lock or the
 * requests of the day are not to be had: polls have it go on, since the wish is in the cursor;
 * `not yet`: the wish is nowhere but with the caller, who comes again; `idle`: it is fulfilled;
 * `busy`: somebody else is at it, and the wish is kept.
 */
export type ReconcileOutcome = 'done' | 'handed on' | 'waits' | 'not yet' | 'idle' | 'busy';

export type ReconciliationStore = Pick<LeasedDocuments<Reconciliation>, 'acquire' | 'read'>;

/** The company's server, and how many requests it was sent, repeated ones too. */
export interface CountedSource {
  source: Source;
  /** Since the last time. */
  take(): number;
}

export interface ReconcileContext {
  /** Its source is for the polls, whose requests are not ours. */
  follow: FollowContext;
  counted: CountedSource;
  rows: MirrorRows;
  documents: ReconciliationStore;
  /** Why an evidence cannot be compared; undefined: it can. */
  unknown?(evidence: string): string | undefined;
  /** Whether the company has requests left today; absent: there is no limit. */
  isAffordable?(signal: AbortSignal): Promise<boolean>;
  /** Requests to the server on one day (UTC). */
  requestsPerDay?: number;
}

/** Of a daily limit that all clients of a company share. */
const defaultRequestsPerDay = 500;

export function reconciliationStore(
  container: ContainerClient,
  leaseSeconds: number,
): ReconciliationStore {
  return new LeasedDocuments(container, 'reconcile/', reconciliationForm, leaseSeconds);
}

/**
 * Keeps a wish, begins the one that is due unless another walk is under way, and goes on for a slice.
 *
 * @param wish one wish makes one reconciliation, however often it comes
 * @throws LeaseLostError, storage's errors, or the reason of `signal`: then again
 */
export async function reconcile(
  context: ReconcileContext,
  wish: string,
  signal: AbortSignal,
): Promise<ReconcileOutcome> {
  const { follow, documents } = context;
  const { code } = follow.company;
  try {
    if (!(await isKept(context, wish, signal))) return 'not yet';
  } catch (error) {
    // The workers of that version have it in their hands.
    if (!(error instanceof DocumentNewerError)) throw error;
    follow.log(error.message);
    return 'not yet';
  }
  const held = await documents.acquire(code, signal);
  if (held === undefined) return 'busy';
  const bounded = AbortSignal.any([signal, held.lost]);
  try {
    const outcome = await new Turn(context, held, bounded).take();
    await keepCount(follow, bounded);
    return outcome;
  } finally {
    await held.release();
  }
}

/** Sees to it that the wish outlives its message. @returns whether it does, or is fulfilled */
async function isKept(
  { follow, documents }: ReconcileContext,
  wish: string,
  signal: AbortSignal,
): Promise<boolean> {
  const { code } = follow.company;
  const { walk, last } = (await documents.read(code, signal)) ?? {};
  const due = (await follow.cursors.read(code, signal))?.due.reconcile;
  if (due === undefined && walk === undefined && last?.for === wish) return true;
  const isKnown = due !== undefined && [due.for, walk?.for, last?.for].includes(wish);
  return isKnown || (await owe(follow, wish, signal));
}

/** One slice, from taking the document to giving it back. */
class Turn {
  readonly #context: ReconcileContext;
  readonly #held: LeasedDocument<Reconciliation>;
  /** Aborted when the document is lost, too. */
  readonly #signal: AbortSignal;
  readonly #endsAt: number;

  constructor(
    context: ReconcileContext,
    held: LeasedDocument<Reconciliation>,
    signal: AbortSignal,
  ) {
    this.#context = context;
    this.#held = held;
    this.#signal = AbortSignal.any([signal, held.lost]);
    this.#endsAt = performance.now() + context.follow.sliceMs;
  }

  async take(): Promise<ReconcileOutcome> {
    const begun = this.#held.value?.walk ?? (await this.#begin());
    if (typeof begun === 'string') return begun;
    const until = await this.#restsUntil(begun);
    if (until !== undefined)
      return await this.#wait(begun, 'its server asks to be left alone', until);
    try {
      return await this.#goOn(await this.#save(agreed(begun, this.#context)));
    } catch (error) {
      this.#signal.throwIfAborted();
      const isPassing =
        error instanceof FlexibeeError ||
        error instanceof DatabaseError ||
        error instanceof BehindError;
      if (!isPassing) throw error;
      const after = error instanceof FlexibeeError ? error.retryAfterMs : undefined;
      const from = this.#context.follow.now().getTime();
      const retryAt = after === undefined ? after : new Date(from + after).toISOString();
      return await this.#wait(this.#held.value?.walk ?? begun, error.message, retryAt);
    }
  }

  /** Whoever was told so, a poll or the comparison: it holds for both. */
  async #restsUntil({ waits }: Walk): Promise<string | undefined> {
    const { cursors, company, now } = this.#context.follow;
    const cursor = await cursors.read(company.code, this.#signal);
    return [waits?.until, cursor?.trouble?.retryAt].find(
      (at) => at !== undefined && Date.parse(at) > now().getTime(),
    );
  }

  /** @returns a walk for what is due, or why there is none */
  async #begin(): Promise<Walk | ReconcileOutcome> {
    const { follow } = this.#context;
    const cursor = await follow.cursors.read(follow.company.code, this.#signal);
    const wish = cursor?.due.reconcile?.for;
    if (cursor === undefined || wish === undefined) return 'idle';
    if (this.#held.value?.last?.for === wish) return await this.#settle(wish, 'idle');
    // What is read in full is compared by that; it would all differ now.
    if (cursor.next === undefined || phaseOf(cursor) !== 'following') return 'waits';
    return newWalk(wish, follow.company.evidences, cursor.next - 1, follow.now());
  }

  async #goOn(begun: Walk): Promise<ReconcileOutcome> {
    const { follow, rows, counted } = this.#context;
    const { code, pageSize } = follow.company;
    const isOver = () => performance.now() >= this.#endsAt;
    let walk = begun;
    while (walk.evidences.length > 0) {
      const why = await this.#whyNot(walk);
      if (why !== undefined) return await this.#wait(walk, why);
      walk = await walkOn(walk, { source: counted.source, rows, pageSize }, this.#signal);
      walk = await this.#save(walk);
      if (isOver()) return 'handed on';
    }
    if (!walk.isCompared) {
      const cursor = await follow.cursors.read(code, this.#signal);
      walk = await this.#save(comparedWalk(walk, cursor?.hidden ?? {}));
    }
    const turn = { follow, source: counted.source, isOver };
    const corrected = await correct(turn, walk, this.#signal);
    if (typeof corrected === 'string') return await this.#wait(walk, corrected);
    walk = await this.#save(corrected);
    if (Object.keys(walk.candidates).length > 0) return 'handed on';
    const last = reportOf(walk, follow.now());
    await this.#held.replace({ last }, this.#signal);
    follow.log(`FlexiBee ${code}: ${told(last)}`);
    return await this.#settle(walk.for, 'done');
  }

  /** Why nothing is to be asked now; undefined: it may be. */
  async #whyNot({ today }: Walk): Promise<string | undefined> {
    const { requestsPerDay = defaultRequestsPerDay, isAffordable } = this.#context;
    if (today.requests >= requestsPerDay) {
      return `its ${requestsPerDay} requests of this day (UTC) are used`;
    }
    const isEnough = (await isAffordable?.(this.#signal)) ?? true;
    return isEnough ? undefined : 'few of the company’s requests of this day (UTC) are left';
  }

  async #save({ waits: _, ...walk }: Walk): Promise<Walk> {
    return await this.#write(walk);
  }

  /** Told once for each reason. */
  async #wait(walk: Walk, why: string, until?: string): Promise<'waits'> {
    const { follow } = this.#context;
    const since = walk.waits?.why === why ? walk.waits.since : follow.now().toISOString();
    if (walk.waits?.why !== why) {
      follow.log(`FlexiBee ${follow.company.code}: reconciliation waits: ${why}`);
    }
    await this.#write({ ...walk, waits: { why, since, ...(until && { until }) } });
    return 'waits';
  }

  async #write(walk: Walk): Promise<Walk> {
    const { follow, counted } = this.#context;
    const { last } = this.#held.value ?? {};
    const written = withRequests(walk, counted.take(), follow.now());
    await this.#held.replace({ walk: written, ...(last && { last }) }, this.#signal);
    return written;
  }

  /** The wish is fulfilled; where that cannot be written now, the next turn sees it. */
  async #settle(wish: string, outcome: 'done' | 'idle'): Promise<ReconcileOutcome> {
    const { follow } = this.#context;
    const { last } = this.#held.value ?? {};
    const found = last && foundEvent(follow.company.code, last);
    // Before the wish is gone: whoever comes for it again tells the same.
    if (found) await follow.tell?.(found, this.#signal);
    await settle(follow, wish, this.#signal);
    const cursor = await follow.cursors.read(follow.company.code, this.#signal);
    const next = cursor?.due.reconcile?.for ?? wish;
    return next === wish ? outcome : 'handed on';
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
