import type { AppServices } from '../../shared/app/services.ts';
import { json } from '../../shared/http/answer.ts';
import type { RouteHandler } from '../../shared/http/handler.ts';
import { errorsIn, progressOf, serversOf, warningsIn } from '../../shared/sync/syncs.ts';
import { publicRunSchema } from '../shapes/runs.ts';
import { allowedRun } from './named-run.ts';

/** One run: what was asked, where it stands, every stage, freshness before and after. */
export function readRun(app: AppServices): RouteHandler {
  return async (request, _context, { caller, signal }) => {
    const run = await allowedRun(request, app, caller, signal);
    const progress = progressOf(run, app.now());
    // Where servers are, and what they are asked, is nothing that callers need.
    const stages = run.stages.map(({ location: _, asks: __, ...stage }) => stage);
    return json(
      publicRunSchema.parse({
        ...run,
        errors: errorsIn(run),
        stages,
        servers: serversOf(run),
        progress,
        warnings: warningsIn(run),
        ...(run.state === 'waiting' && (await app.syncs.waitsFor(run, signal))),
      }),
    );
  };
}
