/** What comes through the queue of companies: polls, and reconciliations. */

import type { Closure } from '../closures/closures.ts';
import type { CursorStore, PollOutcome } from '../flexibee/follow.ts';
import { owe } from '../flexibee/reconcile/due.ts';
import type { ReconcileOutcome } from '../flexibee/reconcile/reconcile.ts';
import { withAsked } from '../flexibee/request-count.ts';
import type { CompanyMessage } from './company-message.ts';
import { companyQueueName } from './company-queue.ts';
import { type Again, pollForHook } from './hook-polls.ts';
import { isNewer, newer, pollKnown } from './newer-cursors.ts';
import type { OpenedCompanies } from './opened-companies.ts';
import { isTimeToPoll } from './poll-interval.ts';
import { procedureMessages } from './procedure-messages.ts';
import { reconcileCompany, wishOf } from './reconcile-company.ts';
import { isAffordable } from './request-budget.ts';
import { pollForTimer } from './timer-polls.ts';

/**
 * A timer's message that waited in the queue for longer is left: the next minute's is behind it. Its
 * age counts from when the queue took it, by the queue's clock; where that is not known, it has none.
 */
const timerMessageMs = 90_000;

/** A closure may be opened early. */
const longestDelayMs = 300_000;

/**
 * A poll among many takes no longer: what is left comes by a message of its own, of which a worker
 * has twelve at once and not a hundred.
 */
const roundSliceMs = 5_000;

/** A message, and when the queue took it, by its own clock; undefined where that is not known. */
export type QueuedMessage = CompanyMessage & {
  queuedAt?: string | undefined;
  /** Of a round of many; for so long it was not to be had, which is no waiting. */
  delaySeconds?: number;
};

/**
 * `late`, `not due`, `paused`, `closed`, `sparing` (the requests of the day run out): the server is
 * not asked.
 */
export type MessageOutcome =
  | PollOutcome
  | ReconcileOutcome
  | 'late'
  | 'not due'
  | 'paused'
  | 'closed'
  | 'sparing';

/** Who carries a message out. */
export interface Worker {
  log(text: string): void;
  /** Stands in the journal. */
  pollId?: string | undefined;
  /** A shorter slice than that of the settings. */
  sliceMs?: number;
}

/** @throws what `poll` and `reconcile` throw; then the message shall come again */
export async function takeMessage(
  companies: OpenedCompanies,
  message: QueuedMessage,
  worker: Worker,
  signal: AbortSignal,
): Promise<MessageOutcome> {
  const { company, why, queuedAt, delaySeconds } = message;
  const { flags, deliveries } = await companies.storage(signal);
  // Storage has answered by now: its clock is known, and the machine's has no say.
  const ageMs = companies.dependencies.now().getTime() - Date.parse(queuedAt ?? '');
  if (why === 'timer' && ageMs - (delaySeconds ?? 0) * 1000 > timerMessageMs) return 'late';
  const known = companies.known(company);
  if (known.paused) {
    // The first hook after the pause has it polled.
    if (why === 'hook') await flags.lower(company, signal);
    // It is compared when the pause is over.
    if (why === 'reconcile') await keepWish(companies, message, worker, signal);
    return 'paused';
  }
  const closure = await companies.dependencies.closed.ofCompany(company, signal);
  if (closure !== undefined) return await leave(companies, message, closure, signal);
  const isLive = () => deliveries.isLive(company, signal);
  const isTimed = why === 'timer' && queuedAt !== undefined;
  if (isTimed && !(await isTimeToPoll(known, new Date(queuedAt), isLive))) return 'not due';
  // Whether it may ask now or not, what is wished for is kept.
  if (why === 'reconcile') return await reconcileNow(companies, message, worker, signal);
  if (!(await isWithinBudget(companies, message, signal))) return 'sparing';
  const isOfRound = delaySeconds !== undefined;
  const hurried = isOfRound ? { ...worker, sliceMs: roundSliceMs } : worker;
  return await pollNow(companies, company, why, hurried, signal);
}

/** A timer's and a run's rest come again each minute; what else was asked for waits for the end. */
async function leave(
  companies: OpenedCompanies,
  message: QueuedMessage,
  { until }: Pick<Closure, 'until'>,
  signal: AbortSignal,
): Promise<'closed'> {
  const { company, why } = message;
  const { flags, deliveries } = await companies.storage(signal);
  if (why === 'hook') {
    // What it told of is waiting: it is looked for each minute, as soon as that may be.
    await deliveries.unheard(company, signal);
    await flags.lower(company, signal);
  }
  if (why === 'reconcile' || why === 'request') {
    const { queuedAt: _, ...again } = message;
    const { now, send } = companies.dependencies;
    const waitsMs = Math.min(Date.parse(until) - now().getTime(), longestDelayMs);
    await send(companyQueueName, again, signal, Math.max(1, Math.ceil(waitsMs / 1_000)));
  }
  return 'closed';
}

async function pollNow(
  companies: OpenedCompanies,
  company: string,
  why: CompanyMessage['why'],
  worker: Worker,
  signal: AbortSignal,
): Promise<PollOutcome> {
  const { flags, cursors, deliveries } = await companies.storage(signal);
  const context = await contextOf(companies, company, worker, signal);
  const options = {
    waitForLockMs: why === 'timer' ? 0 : companies.waitForLockMs,
    insists: why === 'request',
  };
  const look = (lowering: CursorStore) =>
    pollKnown({ ...context, cursors: lowering }, options, signal);
  if (why === 'hook') {
    const again: Again = (code, seconds, within) => companies.queueHookPoll(code, seconds, within);
    const outcome = await pollForHook(flags, cursors, company, look, again, signal);
    // What it told of is waiting: it is looked for each minute.
    if (outcome === 'trouble') await deliveries.unheard(company, signal);
    return outcome;
  }
  const outcome =
    why === 'timer'
      ? await pollForTimer(deliveries, cursors, company, look, signal)
      : await look(cursors);
  // Whoever has the company may be past looking: from here on it is as if a hook had come.
  if (outcome === 'busy' && why === 'request') await flags.raise(company, signal);
  return outcome;
}

async function isWithinBudget(
  companies: OpenedCompanies,
  message: CompanyMessage,
  signal: AbortSignal,
): Promise<boolean> {
  const { company } = message;
  const { requestsPerDay } = companies.known(company);
  if (requestsPerDay === undefined) return true;
  const { cursors } = await companies.storage(signal);
  const cursor = await cursors.read(company, signal).catch(newer);
  const before = isNewer(cursor) ? undefined : cursor?.requests;
  const now = companies.dependencies.now();
  const { today } = withAsked(before, companies.requestsOf(company).asked, now);
  return isAffordable(message, today, requestsPerDay);
}

async function reconcileNow(
  companies: OpenedCompanies,
  message: CompanyMessage,
  worker: Worker,
  signal: AbortSignal,
): Promise<ReconcileOutcome> {
  const { company } = message;
  const { reconciliations } = await companies.storage(signal);
  const place = {
    ...companies.dependencies,
    documents: reconciliations,
    counted: companies.counted(company),
    isAffordable: (abort: AbortSignal) => isWithinBudget(companies, message, abort),
    follow: await contextOf(companies, company, worker, signal),
  };
  return await reconcileCompany(place, message, signal);
}

async function keepWish(
  companies: OpenedCompanies,
  { company, at, wish = wishOf(at) }: CompanyMessage,
  worker: Worker,
  signal: AbortSignal,
): Promise<void> {
  await owe(await contextOf(companies, company, worker, signal), wish, signal);
}

async function contextOf(
  companies: OpenedCompanies,
  company: string,
  { log, pollId, sliceMs = Number.POSITIVE_INFINITY }: Worker,
  signal: AbortSignal,
) {
  const onMessage = procedureMessages(company, log);
  const context = await companies.context(company, signal, { log, onMessage, writtenBy: pollId });
  return { ...context, sliceMs: Math.min(context.sliceMs, sliceMs) };
}
