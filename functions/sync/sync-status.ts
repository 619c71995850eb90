import { textOrJson } from '../../shared/http/answer.ts';
import type { RouteHandler } from '../../shared/http/handler.ts';
import { statusSchema } from '../../shared/http/schemas.ts';
import { progressOf } from '../../shared/sync/index.ts';
import type { AppServices } from '../services.ts';

/** Whether any run is queued or running now, and as JSON which ones and how far they are. */
export function syncStatus(app: AppServices): RouteHandler {
  return async (request, _context, { signal }) => {
    const active = await app.syncs.active(signal);
    const running = active.length > 0;
    const text = `Synchronization is ${running ? '' : 'not '}running.`;
    const now = app.now();
    const runs = active.map((run) => ({ ...run, progress: progressOf(run, now) }));
    return textOrJson(request, text, statusSchema.parse({ running, runs }));
  };
}
