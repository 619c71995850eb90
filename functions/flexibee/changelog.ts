import { json } from '../../shared/http/answer.ts';
import type { RouteHandler } from '../../shared/http/handler.ts';
import type { AppServices } from '../services.ts';
import { askServer } from './ask-server.ts';
import { allowedCompany } from './named-company.ts';
import { requestPoll } from './request-poll.ts';

/** Whether the company keeps a changelog. */
export function changelogStatus(app: AppServices): RouteHandler {
  return async (request, _context, { caller, signal }) => {
    const { code } = allowedCompany(request, app, caller);
    const ask = (bounded: AbortSignal) => app.companies.at(code).status(bounded);
    return json({ company: code, enabled: await askServer(code, ask, signal) });
  };
}

/** Turns the changelog on, and has the company polled. */
export function enableChangelog(app: AppServices): RouteHandler {
  return async (request, context, { caller, signal }) => {
    const { code } = allowedCompany(request, app, caller);
    await askServer(code, (bounded) => app.companies.at(code).enable(bounded), signal);
    context.info(`Changelog of ${code} was turned on (token ${caller?.name})`);
    requestPoll(app, code, context);
    return json({ company: code, enabled: true });
  };
}

/** Turns the changelog off: nothing is followed until it is on again. */
export function disableChangelog(app: AppServices): RouteHandler {
  return async (request, context, { caller, signal }) => {
    const { code } = allowedCompany(request, app, caller);
    await askServer(code, (bounded) => app.companies.at(code).disable(bounded), signal);
    context.info(`Changelog of ${code} was turned off (token ${caller?.name})`);
    return json({ company: code, enabled: false });
  };
}
