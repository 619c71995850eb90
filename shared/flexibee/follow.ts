/** Following a company: what the queue, the runs and people ask for. */

import type { ContainerClient } from '@azure/storage-blob';
import { pause } from '../async/retry.ts';
import { LeasedDocuments } from '../lock/leased-document.ts';
import type { Tell } from '../storage/tell.ts';
import { Session } from './company-session.ts';
import type { CursorStore, FollowContext, HeldCursor } from './context.ts';
import { type Cursor, cursorForm, restarted } from './cursor.ts';
import { rowMetadata, rowOf } from './cursor-row.ts';
import { tellBehind } from './told.ts';
import {
  changelogOff,
  newerGeneration,
  regression,
  regressionText,
  type TroubleReport,
  troubleOf,
} from './trouble.ts';
import { bringUpTables, learnOfTables } from './typed/tables-turn.ts';
import type { AppliedRows, Batch } from './types.ts';

export { type CompanyState, companyState, newerState } from './company-state.ts';
export type { CursorStore, FollowContext, FollowedCompany, HeldCursor } from './context.ts';
export { type Returned, warningsOf } from './returned.ts';

/** `handed on`: there is more to do, and the caller queues the company again. */
export type PollOutcome = 'idle' | 'applied' | 'busy' | 'trouble' | 'handed on';

/**
 * One store a process: it remembers the documents, so that an idle poll reads nothing.
 *
 * @param leaseSeconds how long a lock lives whose holder died, 15 to 60
 * @param onChange called when the row of one (`cursor-row.ts`) has become another
 */
export function cursorStore(
  container: ContainerClient,
  leaseSeconds = 60,
  tell?: Tell,
  onChange: () => void = () => {},
): CursorStore {
  const metadataOf = (cursor: Cursor) => rowMetadata(rowOf(cursor));
  const form = { ...cursorForm, metadataOf, onChange };
  return new LeasedDocuments(container, 'flexibee/', form, leaseSeconds, tell);
}

/**
 * Brings the mirror up to what the company is now: loads what is to be loaded, then applies the
 * changes until there are none, then has the procedures after them called. Trouble with the server or
 * the base is entered in the cursor, once.
 *
 * @param options `insists`: evidences in trouble are tried at once, too
 * @throws LeaseLostError, storage's errors, or the reason of `signal`: then poll again
 */
export async function poll(
  context: FollowContext,
  options: { waitForLockMs: number; insists?: boolean },
  signal: AbortSignal,
): Promise<PollOutcome> {
  const { company, cursors } = context;
  const held = await acquireWithin(cursors, company.code, options.waitForLockMs, signal);
  if (held === undefined) return 'busy';
  try {
    const session = new Session(context, held, signal);
    if (options.insists) await session.insist();
    return await takeTurn(context, session);
  } finally {
    await held.release();
  }
}

async function takeTurn(context: FollowContext, session: Session): Promise<PollOutcome> {
  if (session.rests) {
    await session.seeToOthers();
    return 'trouble';
  }
  const endsAt = performance.now() + context.sliceMs;
  let outcome: PollOutcome = 'trouble';
  let trouble: TroubleReport | undefined;
  try {
    const result = await catchUp(context, session, () => performance.now() >= endsAt);
    if (typeof result === 'string') outcome = result;
    else trouble = result;
  } catch (error) {
    trouble = reportOf(error, session.signal);
  }
  // What is written until it is on again is in no list: whatever stops us next, it is not forgotten.
  if (trouble?.kind === 'changelog disabled') await session.owe('changelog off', trouble.message);
  if (trouble?.kind === 'newer generation') await session.owe(trouble.kind, trouble.message);
  try {
    // The base may be well where the server is not.
    if (trouble?.kind !== 'database') await learnOfTables(context, session);
  } catch (error) {
    trouble ??= reportOf(error, session.signal);
  }
  await session.settle(trouble);
  tellBehind(session.cursor, context.now());
  // What was applied before is waiting, whatever stops us now.
  await session.seeToOthers();
  return trouble === undefined ? outcome : 'trouble';
}

async function catchUp(
  context: FollowContext,
  session: Session,
  isOver: () => boolean,
): Promise<'idle' | 'applied' | 'handed on' | TroubleReport> {
  const { code, onRegression } = context.company;
  await session.agree();
  const { next, due } = session.cursor;
  const owed = due.reload;
  if (owed && next !== undefined && onRegression === 'stop') {
    if (owed.why === 'versions went back') return regression(owed.fault);
    if (owed.why === 'newer generation') return newerGeneration(owed.fault);
  }
  if (next === undefined) await session.begin(session.cursor);
  else if (owed) await session.restart();
  for (let restarts = 0; ; ) {
    if (!(await bringUpTables(context, session, isOver))) return 'handed on';
    if (!(await session.load({ onlyFirst: false, isOver }))) return 'handed on';
    const result = await session.follow(isOver);
    if (result === 'over') return 'handed on';
    if (result === 'done') return session.wrote ? 'applied' : 'idle';
    if (result === 'off') return changelogOff(code);
    const text = regressionText(code, result.text);
    if (result.kind === 'cut') {
      session.log(`${text}: loading everything again, and going on`);
      await session.loadAll(result.newest);
      continue;
    }
    await session.owe(result.kind === 'emptied' ? 'changelog off' : 'versions went back', text);
    if ((result.kind === 'went back' && onRegression === 'stop') || restarts > 0) {
      return regression(text);
    }
    session.log(`${text}: loading everything again`);
    await session.restart();
    restarts += 1;
  }
}

/** @throws what is no trouble of the company's */
function reportOf(error: unknown, signal: AbortSignal): TroubleReport {
  signal.throwIfAborted();
  const report = troubleOf(error);
  if (report === undefined) throw error;
  return report;
}

/**
 * Reads one evidence in full; rows of the mirror that are not at the source become deleted. Waits
 * for the company's lock. Broken off, it goes on where it was, here or in the next poll.
 *
 * @param onProgress gets a line every page
 * @returns what this call has applied
 * @throws FlexibeeError, DatabaseError, LeaseLostError, storage's errors, or the reason of `signal`
 */
export async function reload(
  context: FollowContext,
  evidence: string,
  onProgress: (text: string) => void,
  signal: AbortSignal,
): Promise<AppliedRows & { records: number }> {
  const total = { records: 0, created: 0, updated: 0, deleted: 0 };
  const { company, cursors } = context;
  const held = await acquireWithin(cursors, company.code, Number.POSITIVE_INFINITY, signal);
  if (held === undefined) return total;
  const session = new Session(context, held, signal);
  try {
    await session.agree();
    if (session.cursor.next === undefined) await session.begin(session.cursor);
    await session.loadFirst(evidence);
    await bringUpTables(context, session, () => false);
    const onApplied = ({ records }: Batch, rows: AppliedRows) => {
      total.records += records.length;
      total.created += rows.created;
      total.updated += rows.updated;
      total.deleted += rows.deleted;
      onProgress(`${company.code}, ${evidence}: ${total.records} records read`);
    };
    await session.load({ onlyFirst: true, isOver: () => false, onApplied });
    await learnOfTables(context, session);
    return total;
  } catch (error) {
    const report = signal.aborted ? undefined : troubleOf(error);
    if (report?.kind === 'changelog disabled') await session.owe('changelog off', report.message);
    throw error;
  } finally {
    await held.release();
  }
}

/**
 * Forgets where we were: the next poll begins a new generation with a load of everything.
 *
 * @returns false while somebody else is at work on the company
 */
export async function reset(
  { company, cursors, now }: Pick<FollowContext, 'company' | 'cursors' | 'now'>,
  options: { waitForLockMs: number },
  signal: AbortSignal,
): Promise<boolean> {
  const held = await acquireWithin(cursors, company.code, options.waitForLockMs, signal);
  if (held === undefined) return false;
  try {
    await held.replace(restarted(held.value, now()), AbortSignal.any([signal, held.lost]));
    return true;
  } finally {
    await held.release();
  }
}

const lockPollMs = 250;

/** The company's lock; undefined where others had it for as long as `waitMs`. */

export async function acquireWithin(
  cursors: CursorStore,
  code: string,
  waitMs: number,
  signal: AbortSignal,
): Promise<HeldCursor | undefined> {
  const endsAt = performance.now() + waitMs;
  for (;;) {
    const held = await cursors.acquire(code, signal);
    if (held !== undefined) return held;
    const leftMs = endsAt - performance.now();
    if (leftMs <= 0) return undefined;
    await pause(Math.min(lockPollMs, leftMs), signal);
  }
}
