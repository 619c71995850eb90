import type { AppServices } from '../../shared/app/services.ts';
import { json } from '../../shared/http/answer.ts';
import { mayTouch } from '../../shared/http/callers.ts';
import type { RouteHandler } from '../../shared/http/handler.ts';
import type { ApiToken } from '../../shared/settings/settings.ts';
import { hasStatus } from '../../shared/storage/storage-error.ts';
import type { RunPage, RunSummary } from '../../shared/sync/syncs.ts';
import { invalidQuery, runsQuery } from '../shapes/runs-query.ts';

/** Where most runs are others', a page is shorter than asked for rather than late. */
const mostReads = 10;

/** Runs whose data sources the caller may touch, the newest first, a page at a time. */
export function listRuns(app: AppServices): RouteHandler {
  return async (request, _context, { caller, signal }) => {
    if (caller === undefined) throw new Error('a listing needs a route that asks for a token');
    const query = runsQuery(request.query);
    const { runs, next } = await visible(app, caller, query, signal).catch((error: unknown) => {
      // Where a page begins is the storage's own mark: only the storage knows a false one.
      const isFalseMark = query.from !== undefined && hasStatus(error, 400);
      throw isFalseMark ? invalidQuery(request.query, ['from']) : error;
    });
    if (next === undefined) return json({ runs });
    const from = new URLSearchParams({ limit: String(query.limit), from: next });
    return json({ runs, next: `/runs?${from}` });
  };
}

async function visible(
  app: AppServices,
  caller: ApiToken,
  { limit, from }: { limit: number; from?: string },
  signal: AbortSignal,
): Promise<RunPage> {
  const runs: RunSummary[] = [];
  let next = from;
  for (let reads = 0; reads < mostReads; reads += 1) {
    const options = { limit: limit - runs.length, ...(next !== undefined && { from: next }) };
    const page = await app.syncs.list(options, signal);
    for (const run of page.runs) if (await mayRead(app, caller, run, signal)) runs.push(run);
    next = page.next;
    const isPartial = page.runs.length > 0 && runs.length < limit && !caller.codes.includes('*');
    if (next === undefined || !isPartial) break;
  }
  return next === undefined ? { runs } : { runs, next };
}

/** The listing may have no room for all codes of a run; the run has. */
async function mayRead(
  app: AppServices,
  caller: ApiToken,
  { id, codes, moreCodes }: RunSummary,
  signal: AbortSignal,
): Promise<boolean> {
  if (caller.codes.includes('*')) return true;
  if (!mayTouch(caller, codes)) return false;
  if (moreCodes === undefined) return true;
  const run = await app.syncs.read(id, signal);
  return run !== undefined && mayTouch(caller, run.codes);
}
