import type { AppServices } from '../../shared/app/services.ts';
import { json } from '../../shared/http/answer.ts';
import { callerText } from '../../shared/http/caller.ts';
import type { RouteHandler } from '../../shared/http/handler.ts';
import { askServer, type ServerCall } from './ask-server.ts';
import { type CompanyCall, changedCompany } from './company-change.ts';
import { allowedCompany } from './named-company.ts';
import { busy, requestPoll } from './request-poll.ts';

/** A server that takes longer to say how it is has the rest of the call for what is asked of it. */
const lookMs = 3_000;

/** Whether the company keeps a changelog. */
export function changelogStatus(app: AppServices): RouteHandler {
  return async (request, _context, call) => {
    const { code } = allowedCompany(request, app, call.caller);
    const ask = (bounded: AbortSignal) => app.companies.at(code).status(bounded);
    const enabled = await askServer(app, code, ask, call);
    // It may be on again before anybody polls.
    if (!enabled) await app.companies.sawChangelogOff(code, true, call.signal);
    return json({ company: code, enabled });
  };
}

/** Turns the changelog on, and has the company polled. */
export function enableChangelog(app: AppServices): RouteHandler {
  return async (request, context, call) => {
    const code = await turn({ app, request, context, call }, 'on');
    requestPoll(app, code, context);
    return json({ company: code, enabled: true });
  };
}

/** Turns the changelog off: nothing is followed until it is on again, and then all is loaded. */
export function disableChangelog(app: AppServices): RouteHandler {
  return async (request, context, call) => {
    const code = await turn({ app, request, context, call }, 'off');
    return json({ company: code, enabled: false });
  };
}

/** @returns the company's code */
async function turn(company: CompanyCall, to: 'on' | 'off'): Promise<string> {
  const { app, request, context, call } = company;
  const { caller } = call;
  const { code } = allowedCompany(request, app, caller);
  const before = await lookedAt(app, code, call);
  await changedCompany(company, { what: `changelog.${to}`, ...before }, async () => {
    const work = (bounded: AbortSignal) => app.companies.turnChangelog(code, to, bounded);
    if (!(await askServer(app, code, work, call))) throw busy(code);
    return { value: undefined, after: { enabled: to === 'on' } };
  });
  context.info(`Changelog of ${code} was turned ${to} (${callerText(caller)})`);
  return code;
}

/** For the audit: to turn it is worth a try where nobody knows how it is. */
async function lookedAt(
  app: AppServices,
  code: string,
  { signal, place }: ServerCall,
): Promise<{ before?: { enabled: boolean } }> {
  place.end();
  const bounded = AbortSignal.any([signal, AbortSignal.timeout(lookMs)]);
  const enabled = await app.companies
    .at(code)
    .status(bounded)
    .catch(() => undefined);
  return enabled === undefined ? {} : { before: { enabled } };
}
