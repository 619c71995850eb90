import type { AppServices } from '../../shared/app/services.ts';
import { show } from '../../shared/faults/show.ts';
import { textOrJson } from '../../shared/http/answer.ts';
import type { RouteHandler } from '../../shared/http/handler.ts';
import { HttpProblem } from '../../shared/http/problem.ts';

/** Whether a sync of the entity needs a month and a year. */
export function isDated(app: AppServices): RouteHandler {
  return (request) => {
    const name = request.params['name'] ?? '';
    const dated = app.catalog.hasEntity(name) ? app.catalog.isDated(name) : undefined;
    if (dated !== undefined) return textOrJson(request, show(dated), dated);
    const message = `Invalid name value: ${show(name)}.`;
    const allowed = 'an entity, as /{code}/valid_names lists them';
    throw new HttpProblem('not-found', message, {
      errors: [{ field: 'name', message, value: show(name), allowed }],
    });
  };
}
