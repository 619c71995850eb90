/** Beginning a run: whoever starts one comes by here. */

import type { Details } from '../../shared/audit/audit.ts';
import { HttpProblem } from '../../shared/http/problem.ts';
import { periodText } from '../../shared/sync/period.ts';
import { newRunId } from '../../shared/sync/run-id.ts';
import { type SyncRequest, TooManyStagesError } from '../../shared/sync/syncs.ts';
import { audited, type ChangeCall } from '../changes.ts';
import { closed } from '../closed-problem.ts';

/** Seconds. Most entities are through in a minute or two; a whole source is asked for again. */
const retryAfter = '60';

/**
 * Starts what is asked for, under an id that the audit knows before.
 *
 * @returns the run's id
 * @throws HttpProblem 409 where a server is busy or closed
 */
export async function beginRun(call: ChangeCall, sync: SyncRequest): Promise<string> {
  const { app, signal } = call;
  const id = newRunId(app.now());
  const codes = [...new Set(sync.calls.flatMap((one) => one.codes))];
  const change = { what: 'run.start', subject: `run ${id}`, codes, user: sync.user } as const;
  return await audited(call, { ...change, asked: askedFor(sync) }, async () => {
    const started = await app.syncs.start({ ...sync, id }, signal).catch(refuseTooMany);
    if (started.outcome === 'closed') throw closed(started.closure, app.now());
    if (started.outcome === 'busy') {
      throw new HttpProblem('busy', 'Thread is busy, try again later.', {
        headers: { 'retry-after': retryAfter },
        members: { servers: started.servers },
      });
    }
    return { value: started.id, after: { state: 'queued' } };
  });
}

/** In brief: the run itself says it call by call. */
function askedFor({ kind, calls }: SyncRequest): Details {
  const names = new Set(calls.flatMap((call) => call.names));
  const months = new Set(calls.flatMap(({ periods = [] }) => periods.map(periodText)));
  return {
    ...{ kind, calls: calls.length, names: [...names] },
    ...(months.size > 0 && { months: [...months].sort() }),
  };
}

/** Throws `HttpProblem` 400 for what is more than a run may have. */
export function refuseTooMany(error: unknown): never {
  if (!(error instanceof TooManyStagesError)) throw error;
  const { stages, limit } = error;
  const message = `Invalid calls value: they make ${stages} stages, and a run has ${limit} at most.`;
  const allowed = `calls that make up to ${limit} stages: fewer months, data sources or entities`;
  throw new HttpProblem('invalid-value', message, {
    errors: [{ field: 'calls', message, allowed }],
  });
}
