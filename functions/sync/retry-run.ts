import type { AppServices } from '../../shared/app/services.ts';
import { askerOf } from '../../shared/audit/asker.ts';
import { readJsonObject } from '../../shared/http/body.ts';
import { requireRole } from '../../shared/http/callers.ts';
import type { RouteHandler } from '../../shared/http/handler.ts';
import { HttpProblem } from '../../shared/http/problem.ts';
import type { RetryRefusal } from '../../shared/sync/syncs.ts';
import { isDry } from '../shapes/dry.ts';
import { idempotencyKey } from '../shapes/idempotency-key.ts';
import { parseRetry } from '../shapes/retry-request.ts';
import { allowedRun, unknownRun } from './named-run.ts';
import { callerOf, planned, started } from './start-sync.ts';

/** Makes a run again, or what it has left open; whoever may sync all of its data sources may ask. */
export function retryRun(app: AppServices): RouteHandler {
  return async (request, context, { caller, signal, place }) => {
    const dry = isDry(request.query);
    const body = await readJsonObject(request, { signal, place });
    const token = await callerOf(body, { caller, place }, app);
    requireRole(token, 'run');
    const { run } = await allowedRun(request, app, token, signal);
    const asking = { ...parseRetry(body), of: run.id, ...askerOf(token) };
    const sync = await app.syncs.again(asking, signal);
    if ('outcome' in sync) throw refused(run.id, sync);
    const key = idempotencyKey(request.headers);
    if (dry) return await planned(app, sync, signal);
    const call = { app, request, context, caller: token, signal };
    return await started(call, () => sync, { key, body }, 'json');
  };
}

function refused(id: string, refusal: RetryRefusal): HttpProblem {
  switch (refusal.outcome) {
    case 'unknown':
      return unknownRun(id);
    case 'unfinished': {
      const { state } = refusal;
      const message = `Run ${id} has not ended: it is ${state}.`;
      return new HttpProblem('not-retryable', message, { members: { state } });
    }
    case 'nothing': {
      const message = `Nothing of run ${id} is left open: all of it has succeeded. "from": "all" makes it again.`;
      return new HttpProblem('not-retryable', message, { members: { state: 'succeeded' } });
    }
    case 'gone':
      return new HttpProblem('not-retryable', `Run ${id} cannot be made again: ${refusal.why}`);
  }
}
