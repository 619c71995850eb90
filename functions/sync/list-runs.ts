import type { AppServices } from '../../shared/app/services.ts';
import { json } from '../../shared/http/answer.ts';
import type { Caller } from '../../shared/http/caller.ts';
import { authorize } from '../../shared/http/callers.ts';
import { tagged } from '../../shared/http/conditional.ts';
import type { RouteHandler } from '../../shared/http/handler.ts';
import { hasStatus } from '../../shared/storage/storage-error.ts';
import type { RunPage, RunSummary } from '../../shared/sync/syncs.ts';
import { invalidAfter, isFiltered, type RunsQuery, runsQuery } from '../shapes/runs-query.ts';

/**
 * Runs that fit, of those whose data sources the caller may touch, the newest first, a page at a
 * time. Whoever sees all runs and asks for all of them gets storage's listing as it is.
 */
export function listRuns(app: AppServices): RouteHandler {
  return async (request, _context, { caller, signal }) => {
    if (caller === undefined) throw new Error('a listing needs a route that asks for a token');
    const isSearch = isFiltered(request.query) || !caller.codes.includes('*');
    const query = runsQuery(request.query, app.catalog, isSearch);
    authorize(
      caller,
      (query.filter.codes ?? []).map((code) => ({ code, field: 'code' })),
    );
    const { runs: found, next } = isSearch
      ? await app.syncs.search(ofCaller(query, caller), signal)
      : await allRuns(app, request.query, query, signal);
    const runs = await withPlaces(app, found.map(shown), signal);
    if (next === undefined) return tagged(json({ runs }));
    const link = new URLSearchParams(request.query);
    link.delete('pretty');
    link.set('limit', String(query.limit));
    link.set('after', next);
    return tagged(json({ runs, next: `/runs?${link}` }));
  };
}

/** That nobody has been told of it yet is the sweeper's own affair. */
function shown({ untold: _, ...run }: RunSummary): RunSummary {
  return run;
}

/** Where any of them waits. */
async function withPlaces(
  app: AppServices,
  runs: RunSummary[],
  signal: AbortSignal,
): Promise<(RunSummary & { place?: number })[]> {
  if (runs.every(({ state }) => state !== 'waiting')) return runs;
  const places = await app.syncs.places(signal);
  return runs.map((run) => (run.state === 'waiting' ? { ...run, ...places.get(run.id) } : run));
}

function ofCaller({ filter, ...page }: RunsQuery, { codes }: Caller) {
  return { ...page, filter: codes.includes('*') ? filter : { ...filter, within: codes } };
}

async function allRuns(
  app: AppServices,
  parameters: URLSearchParams,
  { limit, after }: RunsQuery,
  signal: AbortSignal,
): Promise<RunPage> {
  const options = { limit, ...(after !== undefined && { from: after }) };
  return app.syncs.list(options, signal).catch((error: unknown) => {
    // Where a page begins is the storage's own mark: only the storage knows a false one.
    const isFalseMark = after !== undefined && hasStatus(error, 400);
    throw isFalseMark ? invalidAfter(parameters) : error;
  });
}
