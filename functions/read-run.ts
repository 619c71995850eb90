import { json } from '../shared/http/answer.ts';
import type { RouteHandler } from '../shared/http/handler.ts';
import { HttpProblem } from '../shared/http/problem.ts';
import { publicRunSchema, runIdSchema } from '../shared/http/schemas.ts';
import { show } from '../shared/http/show.ts';
import type { AppServices } from './services.ts';

/** One run: what was asked, every stage, freshness before and after. */
export function readRun(app: AppServices): RouteHandler {
  return async (request, _context, { signal }) => {
    const id = request.params['id'];
    const valid = runIdSchema.safeParse(id);
    const run = valid.success ? await app.syncs.read(valid.data, signal) : undefined;
    if (run === undefined) {
      const message = `There is no run ${show(id)}.`;
      throw new HttpProblem('not-found', message, {
        errors: [{ field: 'id', message, value: show(id), allowed: 'the id of a run, see /runs' }],
      });
    }
    return json(publicRunSchema.parse({ ...run, servers: run.locks.map(({ server }) => server) }));
  };
}
