import { textOrJson } from '../shared/http/answer.ts';
import type { RouteHandler } from '../shared/http/handler.ts';
import { statusSchema } from '../shared/http/schemas.ts';
import type { AppServices } from './services.ts';

/** Whether any run is queued or running now, and as JSON which ones and how far they are. */
export function syncStatus(app: AppServices): RouteHandler {
  return async (request, _context, { signal }) => {
    const active = await app.syncs.active(signal);
    const progress = await app.syncs.progress(active, signal);
    const runs = active.map((run, index) => ({ ...run, progress: progress[index] }));
    const running = runs.length > 0;
    const text = `Synchronization is ${running ? '' : 'not '}running.`;
    return textOrJson(request, text, statusSchema.parse({ running, runs }));
  };
}
