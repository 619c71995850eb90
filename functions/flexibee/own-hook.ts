/** Our web hook at a company's server. */

import type { AppServices } from '../../shared/app/services.ts';
import { json } from '../../shared/http/answer.ts';
import type { RouteHandler } from '../../shared/http/handler.ts';
import { HttpProblem } from '../../shared/http/problem.ts';
import { askServer } from './ask-server.ts';
import { allowedCompany } from './named-company.ts';

/** Registers it, in place of one that is there: its secret may have been another. */
export function registerHook(app: AppServices): RouteHandler {
  return async (request, context, { caller, signal }) => {
    const { code } = allowedCompany(request, app, caller);
    const url = ownUrl(app, code);
    const secret = app.settings.hooks.secret();
    if (secret === undefined) throw missing('FLEXIBEE_HOOK_SECRET', 'a secret of your own');
    await askServer(
      app,
      code,
      async (bounded) => {
        await removeOwn(app, code, url, bounded);
        await app.companies.at(code).hooks.register({ url, secret }, bounded);
      },
      signal,
    );
    context.info(`Web hook of ${code} was registered (token ${caller?.name})`);
    return json({ company: code, url });
  };
}

export function removeHook(app: AppServices): RouteHandler {
  return async (request, context, { caller, signal }) => {
    const { code } = allowedCompany(request, app, caller);
    const url = ownUrl(app, code);
    const removed = await askServer(
      app,
      code,
      (bounded) => removeOwn(app, code, url, bounded),
      signal,
    );
    context.info(`Web hook of ${code} was removed (token ${caller?.name})`);
    return json({ company: code, removed });
  };
}

/** Also one that was registered by hand, with the secret in its query. */
async function removeOwn(
  app: AppServices,
  code: string,
  url: string,
  signal: AbortSignal,
): Promise<number> {
  const { hooks } = app.companies.at(code);
  const own = (await hooks.list(signal)).filter((hook) => hook.url.split('?')[0] === url);
  for (const { id } of own) await hooks.remove(id, signal);
  return own.length;
}

function ownUrl(app: AppServices, code: string): string {
  const { publicUrl } = app.settings.hooks;
  if (publicUrl === undefined) throw missing('PUBLIC_URL', 'where FlexiBee reaches this app');
  return `${publicUrl}/flexibee/${code}/hook`;
}

function missing(setting: string, what: string): HttpProblem {
  return new HttpProblem('not-configured', `${setting} is not set: set it to ${what}.`);
}
