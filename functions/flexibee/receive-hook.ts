import { createHash, timingSafeEqual } from 'node:crypto';
import type { HttpRequest } from '@azure/functions';
import type { AppServices } from '../../shared/app/services.ts';
import { readHook } from '../../shared/flexibee/hook.ts';
import { json } from '../../shared/http/answer.ts';
import { readBody } from '../../shared/http/body.ts';
import type { RouteHandler } from '../../shared/http/handler.ts';
import { HttpProblem } from '../../shared/http/problem.ts';
import { namedCompany } from './named-company.ts';

/** The header in which FlexiBee repeats the secret a hook was registered with. */
const secretHeader = 'x-fb-hook-seckey';

/** A hook holds what happened since the last one: a thousand changes take 250 KB. */
const bodyLimit = 2 * 1024 * 1024;

/** Whatever the body is, something has changed: the company is looked at, unless it knows all of it. */
export function receiveHook(app: AppServices): RouteHandler {
  return async (request, _context, { signal, place }) => {
    requireSecret(request, app.settings.hooks.secret());
    const { code } = namedCompany(request, app);
    const hook = readHook(await readBody(request, { signal, place }, bodyLimit));
    return json({ company: code, queued: await app.companies.hooked(code, hook, signal) });
  };
}

/** Digests are compared, in constant time: the time taken tells neither length nor letters. */
function requireSecret(request: HttpRequest, secret: string | undefined): void {
  const presented = request.headers.get(secretHeader) ?? request.query.get('secret');
  const digest = (text: string) => createHash('sha256').update(text, 'utf8').digest();
  const isOurs =
    secret !== undefined &&
    presented !== null &&
    timingSafeEqual(digest(presented), digest(secret));
  if (isOurs) return;
  const message = 'Web hook secret is missing or wrong.';
  throw new HttpProblem('unauthenticated', message, {
    errors: [
      {
        field: 'X-FB-Hook-SecKey',
        message,
        allowed:
          'the value of FLEXIBEE_HOOK_SECRET, in this header or as the query parameter secret',
      },
    ],
  });
}
