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
  const id = request.params['id'];
  const valid = runIdSchema.safeParse(id);
  const run = valid.success ? await syncs.read(valid.data, signal) : undefined;
  if (run === undefined) throw unknownRun(id);
  return run;
}

export function unknownRun(id: unknown): HttpProblem {
  const message = `There is no run ${show(id)}.`;
  return new HttpProblem('not-found', message, {
    errors: [{ field: 'id', message, value: show(id), allowed: 'the id of a run, see /runs' }],
  });
}
