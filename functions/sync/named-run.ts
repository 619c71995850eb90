import type { HttpRequest } from '@azure/functions';
import { HttpProblem } from '../../shared/http/problem.ts';
import { runIdSchema } from '../../shared/http/schemas.ts';
import { show } from '../../shared/http/show.ts';
import type { Run, Syncs } from '../../shared/sync/index.ts';

/** The run that the path names. Throws `HttpProblem` 404. */
export async function namedRun(
  request: HttpRequest,
  syncs: Syncs,
  signal: AbortSignal,
): Promise<Run> {
  const id = namedRunId(request);
  const run = await syncs.read(id, signal);
  if (run === undefined) throw unknownRun(id);
  return run;
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
