import { prefersJson, textOrJson } from '../../shared/http/answer.ts';
import type { RouteHandler } from '../../shared/http/handler.ts';
import { statusSchema } from '../../shared/http/schemas.ts';
import type { AppServices } from '../services.ts';

/** Whether any run is queued or running now, and as JSON which ones and how far they are. */
export function syncStatus(app: AppServices): RouteHandler {
  return async (request, _context, { signal }) => {
    const active = await app.syncs.active(signal);
    const running = active.length > 0;
    const text = `Synchronization is ${running ? '' : 'not '}running.`;
    // Whoever asks for the text alone polls it: one read less.
    const progress = prefersJson(request) ? await app.syncs.progress(active, signal) : [];
    const runs = progress.map((part, index) => ({ ...active[index], progress: part }));
    return textOrJson(request, text, statusSchema.parse({ running, runs }));
  };
}
