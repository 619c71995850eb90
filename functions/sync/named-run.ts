import type { HttpRequest } from '@azure/functions';
import type { AppServices } from '../../shared/app/services.ts';
import { show } from '../../shared/faults/show.ts';
import type { Caller } from '../../shared/http/caller.ts';
import { authorize } from '../../shared/http/callers.ts';
import { HttpProblem } from '../../shared/http/problem.ts';
import type { SharedLook, Syncs } from '../../shared/sync/syncs.ts';
import { runIdSchema } from '../shapes/runs.ts';

/** The run that the path names. Throws `HttpProblem` 404. */
async function namedRun(
  request: HttpRequest,
  syncs: Syncs,
  maxAgeMs: number,
  signal: AbortSignal,
): Promise<SharedLook> {
  const id = namedRunId(request);
  const seen = await syncs.look(id, maxAgeMs, signal);
  if (seen === undefined) throw unknownRun(id);
  return seen;
}

/**
 * The same for whoever may touch all of its data sources, as it is or was `maxAgeMs` ago at most.
 * Throws `HttpProblem` 403, too.
 */
export async function allowedRun(
  request: HttpRequest,
  app: AppServices,
  caller: Caller | undefined,
  signal: AbortSignal,
  maxAgeMs = 0,
): Promise<SharedLook> {
  if (caller === undefined) throw new Error('this needs a route that asks for a token');
  const seen = await namedRun(request, app.syncs, maxAgeMs, signal);
  authorize(
    caller,
    seen.run.codes.map((code) => ({ code, field: 'id' })),
  );
  return seen;
}

/** The id that the path names. Throws `HttpProblem` 404 for what cannot be one. */
export function namedRunId(request: HttpRequest): string {
  const id = request.params['id'];
  const valid = runIdSchema.safeParse(id);
  if (!valid.success) throw unknownRun(id);
  return valid.data;
}

export function unknownRun(id: unknown): HttpProblem {
  const message = `There is no run ${show(id)}.`;
  return new HttpProblem('not-found', message, {
    errors: [{ field: 'id', message, value: show(id), allowed: 'the id of a run, see /runs' }],
  });
}
