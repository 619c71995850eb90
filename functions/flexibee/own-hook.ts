/** Our web hook at a company's server. */

import type { AppServices } from '../../shared/app/services.ts';
import { json } from '../../shared/http/answer.ts';
import { callerText } from '../../shared/http/caller.ts';
import type { RouteHandler } from '../../shared/http/handler.ts';
import { HttpProblem } from '../../shared/http/problem.ts';
import { askServer, type ServerCall } from './ask-server.ts';
import { changedCompany } from './company-change.ts';
import { allowedCompany } from './named-company.ts';

/** Whether the company's server has it, and when it was last heard. */
export function readHook(app: AppServices): RouteHandler {
  return async (request, _context, call) => {
    const { code } = allowedCompany(request, app, call.caller);
    const url = ownUrl(app, code);
    const [own, heardAt] = await Promise.all([
      ownHooks(app, code, url, call),
      app.companies.hookHeardAt(code, call.signal),
    ]);
    const heard = heardAt && { heardAt: heardAt.toISOString() };
    return json({ company: code, url, registered: own.length, ...heard });
  };
}

/** Registers it, in place of one that is there: its secret may have been another. */
export function registerHook(app: AppServices): RouteHandler {
  return async (request, context, call) => {
    const { caller } = call;
    const { code } = allowedCompany(request, app, caller);
    const url = ownUrl(app, code);
    const secret = app.settings.hooks.secret();
    if (secret === undefined) throw missing('FLEXIBEE_HOOK_SECRET', 'a secret of your own');
    const own = await ownHooks(app, code, url, call);
    const change = { what: 'hook.register', before: { registered: own.length } } as const;
    await changedCompany({ app, request, context, call }, change, async () => {
      const register = async (bounded: AbortSignal) => {
        await remove(app, code, own, bounded);
        await app.companies.at(code).hooks.register({ url, secret }, bounded);
      };
      await askServer(app, code, register, call);
      return { value: undefined, after: { registered: 1, url } };
    });
    context.info(`Web hook of ${code} was registered (${callerText(caller)})`);
    return json({ company: code, url });
  };
}

export function removeHook(app: AppServices): RouteHandler {
  return async (request, context, call) => {
    const { caller } = call;
    const { code } = allowedCompany(request, app, caller);
    const own = await ownHooks(app, code, ownUrl(app, code), call);
    const change = { what: 'hook.remove', before: { registered: own.length } } as const;
    await changedCompany({ app, request, context, call }, change, async () => {
      await askServer(app, code, (bounded) => remove(app, code, own, bounded), call);
      return { value: undefined, after: { registered: 0 } };
    });
    context.info(`Web hook of ${code} was removed (${callerText(caller)})`);
    return json({ company: code, removed: own.length });
  };
}

/** Ids of our hooks there; also one that was registered by hand, with the secret in its query. */
function ownHooks(
  app: AppServices,
  code: string,
  url: string,
  call: ServerCall,
): Promise<string[]> {
  const list = async (bounded: AbortSignal) => {
    const hooks = await app.companies.at(code).hooks.list(bounded);
    return hooks.filter((hook) => hook.url.split('?')[0] === url).map(({ id }) => id);
  };
  return askServer(app, code, list, call);
}

async function remove(
  app: AppServices,
  code: string,
  ids: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  for (const id of ids) await app.companies.at(code).hooks.remove(id, signal);
}

function ownUrl(app: AppServices, code: string): string {
  const { publicUrl } = app.settings.hooks;
  if (publicUrl === undefined) throw missing('PUBLIC_URL', 'where FlexiBee reaches this app');
  return `${publicUrl}/flexibee/${code}/hook`;
}

function missing(setting: string, what: string): HttpProblem {
  return new HttpProblem('not-configured', `${setting} is not set: set it to ${what}.`);
}
