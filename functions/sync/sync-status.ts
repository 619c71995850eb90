import type { AppServices } from '../../shared/app/services.ts';
import { textOrJson } from '../../shared/http/answer.ts';
import { mayTouch } from '../../shared/http/callers.ts';
import type { RouteHandler } from '../../shared/http/handler.ts';
import { type Progress, progressOf, type Run } from '../../shared/sync/syncs.ts';
import { statusSchema } from '../shapes/runs.ts';

/**
 * Whether any run is queued or running now, and as JSON which ones, of those that the caller may
 * touch, and how far they are. Strangers learn how far all are, and nothing that people or
 * procedures said.
 */
export function syncStatus(app: AppServices): RouteHandler {
  return async (request, _context, { caller, signal }) => {
    const [active, closed] = await Promise.all([
      app.syncs.active(signal),
      app.closures.current(signal),
    ]);
    const running = active.length > 0;
    const text = `Synchronization is ${running ? '' : 'not '}running.`;
    const now = app.now();
    const runs = active
      .filter(({ codes }) => caller === undefined || mayTouch(caller, codes))
      .map((run) => ({ ...run, progress: progressOf(run, now) }))
      .map((run) => (caller === undefined ? withoutTexts(run) : run));
    const closures =
      caller === undefined ? closed.map(({ reason: _, ...closure }) => closure) : closed;
    return textOrJson(request, text, statusSchema.parse({ running, runs, closures }));
  };
}

type ShownRun = Omit<Run, 'user'> & { user?: string; progress: Progress };

function withoutTexts({ user: _, progress, ...run }: ShownRun): ShownRun {
  const running = progress.running.map(({ message: _, ...stage }) => stage);
  return { ...run, progress: { ...progress, running } };
}
