import type { HttpRequest } from '@azure/functions';
import type { AppServices } from '../../shared/app/services.ts';
import type { FollowedCompany } from '../../shared/catalog/index.ts';
import { norAny, oneOf } from '../../shared/faults/one-of.ts';
import { show } from '../../shared/faults/show.ts';
import type { Caller } from '../../shared/http/caller.ts';
import { authorize } from '../../shared/http/callers.ts';
import { HttpProblem } from '../../shared/http/problem.ts';

/** The company that the path names. Throws `HttpProblem` 404. */
export function namedCompany(request: HttpRequest, app: AppServices): FollowedCompany {
  const code = request.params['company'];
  const company = app.companies.find(code);
  if (company !== undefined) return company;
  const codes = app.companies.all.map((known) => known.code);
  const message = `There is no company ${show(code)}${norAny(codes)}.`;
  const allowed = oneOf(codes.slice(0, 100));
  throw new HttpProblem('not-found', message, {
    errors: [{ field: 'company', message, value: show(code), allowed }],
  });
}

/** The same for whoever is allowed to touch it. Throws `HttpProblem` 403, too. */
export function allowedCompany(
  request: HttpRequest,
  app: AppServices,
  caller: Caller | undefined,
): FollowedCompany {
  if (caller === undefined) throw new Error('this needs a route that asks for a token');
  const company = namedCompany(request, app);
  authorize(caller, [{ code: company.code, field: 'company' }]);
  return company;
}
