import { json } from '../../shared/http/answer.ts';
import type { RouteHandler } from '../../shared/http/handler.ts';
import { publicRunSchema } from '../../shared/http/schemas.ts';
import { progressOf, warningsIn } from '../../shared/sync/index.ts';
import type { AppServices } from '../services.ts';
import { namedRun } from './named-run.ts';

/** One run: what was asked, where it stands, every stage, freshness before and after. */
export function readRun(app: AppServices): RouteHandler {
  return async (request, _context, { signal }) => {
    const run = await namedRun(request, app.syncs, signal);
    const progress = progressOf(run, app.now());
    const servers = run.locks.map(({ server }) => server);
    return json(publicRunSchema.parse({ ...run, servers, progress, warnings: warningsIn(run) }));
  };
}
