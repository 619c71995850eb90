import { json } from '../../shared/http/answer.ts';
import type { RouteHandler } from '../../shared/http/handler.ts';
import { invalidQuery, runsQuery } from '../../shared/http/runs-query.ts';
import { hasStatus } from '../../shared/storage/errors.ts';
import type { AppServices } from '../services.ts';

/** Runs, the newest first, a page at a time. */
export function listRuns(app: AppServices): RouteHandler {
  return async (request, _context, { signal }) => {
    const query = runsQuery(request.query);
    const { runs, next } = await app.syncs.list(query, signal).catch((error: unknown) => {
      // Where a page begins is the storage's own mark: only the storage knows a false one.
      const isFalseMark = query.from !== undefined && hasStatus(error, 400);
      throw isFalseMark ? invalidQuery(request.query, ['from']) : error;
    });
    if (next === undefined) return json({ runs });
    const from = new URLSearchParams({ limit: String(query.limit), from: next });
    return json({ runs, next: `/runs?${from}` });
  };
}
