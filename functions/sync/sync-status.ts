import type { AppServices } from '../../shared/app/services.ts';
import { json, plain, prefersJson } from '../../shared/http/answer.ts';
import type { Caller } from '../../shared/http/caller.ts';
import { mayTouch } from '../../shared/http/callers.ts';
import { tagged } from '../../shared/http/conditional.ts';
import type { RouteHandler } from '../../shared/http/handler.ts';
import { type Progress, progressOf, type Run } from '../../shared/sync/syncs.ts';
import { statusSchema } from '../shapes/status.ts';

/**
 * Whether any run is queued or running, as of a second ago at most, and as JSON which ones, of those
 * that the caller may touch, and how far they are; those that only wait are counted. Strangers learn how far all are, and nothing that
 * people or procedures said.
 */
export function syncStatus(app: AppServices): RouteHandler {
  return async (request, _context, { caller, signal }) => {
    const active = await app.syncs.active(signal);
    const running = active.length > 0;
    if (!prefersJson(request)) {
      return tagged(plain(`Synchronization is ${running ? '' : 'not '}running.`, varying));
    }
    const [closed, places] = await Promise.all([
      app.closures.current(signal),
      app.syncs.places(signal),
    ]);
    const closures =
      caller === undefined ? closed.map(({ reason: _, ...closure }) => closure) : closed;
    const runs = shown(active, caller);
    const status = statusSchema.parse({ running, runs, waiting: places.size, closures });
    return tagged(json(status, varying));
  };
}

const varying = { headers: { vary: 'Accept' } };

type ShownRun = Omit<Run, 'user'> & { user?: string; progress: Progress };

function shown(active: readonly Run[], caller: Caller | undefined): ShownRun[] {
  return active
    .filter(({ codes }) => caller === undefined || mayTouch(caller, codes))
    .map((run) => ({ ...run, progress: progressOf(run) }))
    .map((run) => (caller === undefined ? withoutTexts(run) : run));
}

function withoutTexts({ user: _, progress, ...run }: ShownRun): ShownRun {
  const running = progress.running.map(({ message: _, ...stage }) => stage);
  return { ...run, progress: { ...progress, running } };
}
