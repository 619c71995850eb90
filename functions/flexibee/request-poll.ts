import type { HttpResponseInit, InvocationContext } from '@azure/functions';
import type { CompanyMessage } from '../../shared/app/company-message.ts';
import { companyQueueOutput } from '../../shared/app/company-queue.ts';
import type { AppServices } from '../../shared/app/services.ts';
import type { Details } from '../../shared/audit/audit.ts';
import { json } from '../../shared/http/answer.ts';
import { callerText } from '../../shared/http/caller.ts';
import type { RouteHandler } from '../../shared/http/handler.ts';
import { HttpProblem } from '../../shared/http/problem.ts';
import { activeTrace } from '../../shared/telemetry/spans.ts';
import { closed } from '../closed-problem.ts';
import { changedCompany } from './company-change.ts';
import { allowedCompany } from './named-company.ts';

/** Has a company polled now. */
export function pollNow(app: AppServices): RouteHandler {
  return async (request, context, call) => {
    const { code } = allowedCompany(request, app, call.caller);
    await requireOpen(app, code, call.signal);
    await changedCompany({ app, request, context, call }, { what: 'company.poll' }, nothing);
    return queued(app, code, context);
  };
}

/** Has a company held against its mirror now. */
export function reconcileNow(app: AppServices): RouteHandler {
  return async (request, context, call) => {
    const { code } = allowedCompany(request, app, call.caller);
    await requireOpen(app, code, call.signal);
    await changedCompany({ app, request, context, call }, { what: 'company.reconcile' }, nothing);
    const at = app.now().toISOString();
    const message: CompanyMessage = {
      ...{ company: code, why: 'reconcile', at },
      wish: `asked for at ${at}`,
    };
    context.extraOutputs.set(companyQueueOutput, message);
    return accepted(code);
  };
}

/** Throws `HttpProblem` 409 while the company is closed. */
async function requireOpen(app: AppServices, code: string, signal: AbortSignal): Promise<void> {
  const closure = await app.companies.closure(code, signal);
  if (closure !== undefined) throw closed(closure, app.now());
}

/** It is asked for, which the host sees to with the answer. */
const nothing = async () => ({ value: undefined });

/** Begins anew: everything is loaded again, then followed from there. */
export function resetCompany(app: AppServices): RouteHandler {
  return async (request, context, call) => {
    const { caller, signal } = call;
    const { code } = allowedCompany(request, app, caller);
    const before = await whereIs(app, code, signal);
    const change = { what: 'company.reset', before } as const;
    await changedCompany({ app, request, context, call }, change, async () => {
      if (!(await app.companies.reset(code, signal))) throw busy(code);
      return { value: undefined, after: await whereIs(app, code, signal).catch(() => ({})) };
    });
    context.info(`Company ${code} was reset (${callerText(caller)})`);
    return queued(app, code, context);
  };
}

async function whereIs(app: AppServices, code: string, signal: AbortSignal): Promise<Details> {
  const { phase, generation, version } = await app.companies.state(code, signal);
  return {
    phase,
    ...(generation !== undefined && { generation }),
    ...(version !== undefined && { version }),
  };
}

/** Somebody else is at work on the company. */
export function busy(code: string): HttpProblem {
  return new HttpProblem('busy', `Company ${code} is being polled, try again later.`, {
    headers: { 'retry-after': '10' },
  });
}

function queued(app: AppServices, code: string, context: InvocationContext): HttpResponseInit {
  requestPoll(app, code, context);
  return accepted(code);
}

function accepted(code: string): HttpResponseInit {
  const location = `/flexibee/${code}`;
  return json({ company: code, location }, { status: 202, headers: { location } });
}

/** The function's route must have `companyQueueOutput` among its outputs. */
export function requestPoll(app: AppServices, code: string, context: InvocationContext): void {
  const at = app.now().toISOString();
  const trace = activeTrace();
  const message: CompanyMessage = {
    ...{ company: code, why: 'request', at },
    ...(trace !== undefined && { trace }),
  };
  context.extraOutputs.set(companyQueueOutput, message);
}
