/** What people change through the app, and how a change gets into the audit. */

import type { HttpRequest, InvocationContext } from '@azure/functions';
import type { AppServices } from '../shared/app/services.ts';
import { askerOf } from '../shared/audit/asker.ts';
import type { BegunChange, Change, Details, Ending } from '../shared/audit/audit.ts';
import type { Caller } from '../shared/http/caller.ts';
import { originOf } from '../shared/http/origin.ts';
import { HttpProblem } from '../shared/http/problem.ts';
import { inLog } from '../shared/http/told-failure.ts';

/** Every kind of change; the part before the dot is what is changed. */
export const changeKinds = [
  'run.start',
  'run.cancel',
  'board.write',
  'board.import',
  'board.switch',
  'board.remove',
  'schedule.write',
  'schedule.remove',
  'company.poll',
  'company.reconcile',
  'company.reset',
  'changelog.on',
  'changelog.off',
  'hook.register',
  'hook.remove',
  'closure.begin',
  'closure.end',
  'acknowledgement.begin',
  'acknowledgement.end',
  'target.test',
] as const;
export type ChangeKind = (typeof changeKinds)[number];

export interface AuditedChange extends Omit<Change, 'what' | 'who' | 'from'> {
  what: ChangeKind;
  /** The person that the request names, if it does. */
  user?: string;
}

/** Who asks for a change, and in which call. */
export interface ChangeCall {
  app: AppServices;
  request: HttpRequest;
  context: InvocationContext;
  caller: Caller;
  signal: AbortSignal;
}

/** What a change has come to; `after` is what there is since. */
export interface Changed<T> {
  value: T;
  after?: Details;
}

/** What was done is told, whatever becomes of the line that says so: it is not waited for longer. */
const endMs = 10_000;

/**
 * Makes a change that is in the audit: written down before anything is done, and how it ended
 * before anybody is answered. Where the first cannot be written nothing is done.
 *
 * @throws what `work` throws, or storage's error
 */
export async function audited<T>(
  call: ChangeCall,
  { user, ...change }: AuditedChange,
  work: () => Promise<Changed<T>>,
): Promise<T> {
  const { app, request, caller, signal } = call;
  const who = { ...askerOf(caller), ...(user !== undefined && { user }) };
  const from = originOf(request, app.settings.inAzure);
  const begun = await app.audit.begin({ ...change, who, from }, signal);
  let changed: Changed<T>;
  try {
    changed = await work();
  } catch (error) {
    await end(call, begun, endingOf(error, call.context));
    throw error;
  }
  const { value, after } = changed;
  await end(call, begun, { outcome: 'done', ...(after !== undefined && { after }) });
  return value;
}

/** Never throws: what happened has happened, and the first line is there. */
async function end({ app, context }: ChangeCall, begun: BegunChange, ending: Ending) {
  try {
    app.overviews.changed();
    await app.audit.end(begun, ending, AbortSignal.timeout(endMs));
  } catch (error) {
    context.warn(`The audit could not be told how ${begun.id} ended: ${String(error)}`);
  }
}

function endingOf(error: unknown, context: InvocationContext): Ending {
  if (!(error instanceof HttpProblem)) {
    return { outcome: 'failed', reason: inLog(context) };
  }
  const { status, type, message: reason } = error;
  // What the company's server refused may have been the second of two requests.
  const isRefusal = status < 500 && type !== 'company-in-use';
  return { outcome: isRefusal ? 'refused' : 'failed', status, reason };
}
