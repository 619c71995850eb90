import { json } from '../shared/http/answer.ts';
import type { RouteHandler } from '../shared/http/handler.ts';
import type { AppServices } from './services.ts';

/** 200 when every part the app needs answers, otherwise 503 with the names of those that fail. */
export function health(app: AppServices): RouteHandler {
  return async (_request, _context, { signal }) => {
    const parts = await app.health(signal);
    const failing = parts.filter((part) => !part.ok).map(({ part }) => part);
    const ok = failing.length === 0;
    return json({ ok, failing, parts }, { status: ok ? 200 : 503 });
  };
}
