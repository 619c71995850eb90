import type { HttpResponseInit, InvocationContext } from '@azure/functions';
import { type CompanyMessage, companyQueueOutput } from '../../shared/app/company-queue.ts';
import type { AppServices } from '../../shared/app/services.ts';
import { json } from '../../shared/http/answer.ts';
import type { RouteHandler } from '../../shared/http/handler.ts';
import { HttpProblem } from '../../shared/http/problem.ts';
import { allowedCompany } from './named-company.ts';

/** Has a company polled now. */
export function pollNow(app: AppServices): RouteHandler {
  return (request, context, { caller }) => {
    const { code } = allowedCompany(request, app, caller);
    return queued(app, code, context);
  };
}

/** Has a company held against its mirror now. */
export function reconcileNow(app: AppServices): RouteHandler {
  return (request, context, { caller }) => {
    const { code } = allowedCompany(request, app, caller);
    const at = app.now().toISOString();
    const message: CompanyMessage = {
      ...{ company: code, why: 'reconcile', at },
      wish: `asked for at ${at}`,
    };
    context.extraOutputs.set(companyQueueOutput, message);
    return accepted(code);
  };
}

/** Begins anew: everything is loaded again, then followed from there. */
export function resetCompany(app: AppServices): RouteHandler {
  return async (request, context, { caller, signal }) => {
    const { code } = allowedCompany(request, app, caller);
    if (!(await app.companies.reset(code, signal))) throw busy(code);
    context.info(`Company ${code} was reset (token ${caller?.name})`);
    return queued(app, code, context);
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
  const message: CompanyMessage = { company: code, why: 'request', at };
  context.extraOutputs.set(companyQueueOutput, message);
}
