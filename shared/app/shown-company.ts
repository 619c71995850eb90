/** What people are shown of a company. */

import type { Closure } from '../closures/closures.ts';
import { type CompanyState, companyState, newerState } from '../flexibee/follow.ts';
import type { ShownFailure } from './after-changes.ts';
import { afterQueueName } from './after-queue.ts';
import { companyQueueName } from './company-queue.ts';
import { isNewer, newer } from './newer-cursors.ts';
import type { OpenedCompanies } from './opened-companies.ts';
import { givenUpText } from './poison-queues.ts';
import { sparingText } from './request-budget.ts';

/** Its procedures after changes included. */
export interface ShownState extends CompanyState {
  /** Evidences whose procedures after changes are to be called. */
  pending: string[];
  /** Of those, the ones whose latest call has failed. */
  failures: ShownFailure[];
  /** It is not followed for now. */
  closure?: Closure;
  /** `perDay`: the catalogue allows no more. */
  requests: CompanyState['requests'] & { perDay?: number };
}

/** Of a company whose calls were written down by a newer version of the app. */
const noneCalled = { pending: [], failures: [], warnings: [] };

/** Whose messages are about companies. */
const queues: readonly string[] = [companyQueueName, afterQueueName];

/** Where we are with a company, as its polls have left it; its server is not asked. */
export async function shownState(
  companies: OpenedCompanies,
  code: string,
  signal: AbortSignal,
): Promise<ShownState> {
  const { cursors, after, givenUp } = await companies.storage(signal);
  const now = companies.dependencies.now();
  const [cursor, messages] = await Promise.all([
    cursors.read(code, signal).catch(newer),
    givenUp.known(signal).catch(() => []),
  ]);
  const closure = await companies.dependencies.closed.ofCompany(code, signal);
  const { asked } = companies.requestsOf(code);
  const state = isNewer(cursor) ? newerState(cursor, now, asked) : companyState(cursor, now, asked);
  const { requestsPerDay } = companies.known(code);
  const { today } = state.requests;
  const marks = isNewer(cursor) ? {} : (cursor?.pending ?? {});
  const calls = await after.state(code, marks, signal).catch(newer);
  const { warnings, ...called } = isNewer(calls) ? noneCalled : calls;
  const own = messages.filter(({ queue, about }) => queues.includes(queue) && about === code);
  const sparing = sparingText(today, requestsPerDay);
  const spared = sparing === undefined ? [] : [sparing];
  const all = [...state.warnings, ...warnings, ...spared, ...own.map(givenUpText)];
  const requests = { ...state.requests, ...(requestsPerDay && { perDay: requestsPerDay }) };
  return { ...state, ...called, requests, warnings: all, ...(closure && { closure }) };
}
