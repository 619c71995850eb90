import type { AppServices } from '../../shared/app/services.ts';
import { show } from '../../shared/faults/show.ts';
import { json } from '../../shared/http/answer.ts';
import type { RouteHandler } from '../../shared/http/handler.ts';
import { HttpProblem } from '../../shared/http/problem.ts';
import { knownCode } from '../../shared/sync/asked-codes.ts';

/** Entities of a data source and their descriptions. */
export function validNames(app: AppServices): RouteHandler {
  return (request) => {
    const value = request.params['code'];
    const code = knownCode(value, app.catalog);
    const names = code === undefined ? undefined : app.catalog.names(code);
    if (names !== undefined) return json(names);
    const message = `Invalid code value: ${show(value)}.`;
    const allowed = `one of ${Object.keys(app.catalog.codes()).join(', ')}`;
    throw new HttpProblem('not-found', message, {
      errors: [{ field: 'code', message, value: show(value), allowed }],
    });
  };
}
