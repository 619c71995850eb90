/**
 * Events of procedures after changes that keep failing, and of their ends: told before they are written
 * down, with times that are written down already, so that whoever dies in between tells the same.
 */

import type { NewEvent } from '../events/event.ts';
import type { AfterCalls, CallFailure } from './after-calls.ts';
import { lastingMs } from './tell-troubles.ts';

/**
 * @param before what is written down
 * @param after what is to be
 * @returns what is to be written down in its place: with what was told
 * @throws what `tell` throws: then it is called again
 */
export async function tellCalls(
  { code, evidence, now }: { code: string; evidence: string; now: Date },
  before: AfterCalls,
  after: AfterCalls,
  tell: (event: NewEvent) => Promise<void>,
): Promise<AfterCalls> {
  const had = before.evidences[evidence]?.failure;
  const call = after.evidences[evidence];
  const has = call?.failure;
  if (had?.told && has === undefined) await tell(overEvent(code, evidence, had));
  if (call === undefined || has === undefined || has.told) return after;
  if (now.getTime() - Date.parse(has.since) < lastingMs) return after;
  await tell(failingEvent(code, evidence, has));
  const failure = { ...has, told: true as const };
  return { ...after, evidences: { ...after.evidences, [evidence]: { ...call, failure } } };
}

function failingEvent(code: string, evidence: string, failure: CallFailure): NewEvent {
  const { since, procedure, message } = failure;
  return {
    ...{ kind: 'company.trouble', cause: `${code} ${evidence} calls`, causedAt: new Date(since) },
    ...{ codes: [code], entities: [evidence], error: message, reason: `${procedure} fails`, since },
  };
}

function overEvent(code: string, evidence: string, failure: CallFailure): NewEvent {
  const { since, procedure, nextAt } = failure;
  return {
    ...{ kind: 'company.recovered', cause: `${code} ${evidence} calls ${since}` },
    ...{ causedAt: new Date(nextAt), codes: [code], entities: [evidence] },
    ...{ reason: `${procedure} fails`, since, until: nextAt },
  };
}
