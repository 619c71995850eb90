import type { AppServices } from '../../shared/app/services.ts';
import { json } from '../../shared/http/answer.ts';
import type { RouteHandler } from '../../shared/http/handler.ts';
import { askServer } from './ask-server.ts';
import { allowedCompany } from './named-company.ts';
import { busy, requestPoll } from './request-poll.ts';

/** Whether the company keeps a changelog. */
export function changelogStatus(app: AppServices): RouteHandler {
  return async (request, _context, { caller, signal }) => {
    const { code } = allowedCompany(request, app, caller);
    const ask = (bounded: AbortSignal) => app.companies.at(code).status(bounded);
    const enabled = await askServer(app, code, ask, signal);
    // It may be on again before anybody polls.
    if (!enabled) await app.companies.sawChangelogOff(code, true, signal);
    return json({ company: code, enabled });
  };
}

/** Turns the changelog on, and has the company polled. */
export function enableChangelog(app: AppServices): RouteHandler {
  return async (request, context, { caller, signal }) => {
    const { code } = allowedCompany(request, app, caller);
    await turn(app, code, 'on', signal);
    context.info(`Changelog of ${code} was turned on (token ${caller?.name})`);
    requestPoll(app, code, context);
    return json({ company: code, enabled: true });
  };
}

/** Turns the changelog off: nothing is followed until it is on again, and then all is loaded. */
export function disableChangelog(app: AppServices): RouteHandler {
  return async (request, context, { caller, signal }) => {
    const { code } = allowedCompany(request, app, caller);
    await turn(app, code, 'off', signal);
    context.info(`Changelog of ${code} was turned off (token ${caller?.name})`);
    return json({ company: code, enabled: false });
  };
}

async function turn(
  app: AppServices,
  code: string,
  to: 'on' | 'off',
  signal: AbortSignal,
): Promise<void> {
  const work = (bounded: AbortSignal) => app.companies.turnChangelog(code, to, bounded);
  if (!(await askServer(app, code, work, signal))) throw busy(code);
}
