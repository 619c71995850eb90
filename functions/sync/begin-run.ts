/** Beginning a run: whoever starts one comes by here. */

import { z } from 'zod';
import type { Details } from '../../shared/audit/audit.ts';
import type { Body } from '../../shared/faults/member.ts';
import { HttpProblem } from '../../shared/http/problem.ts';
import { periodText } from '../../shared/sync/period.ts';
import { newRunId } from '../../shared/sync/run-id.ts';
import { type SyncRequest, TooManyStagesError } from '../../shared/sync/syncs.ts';
import { audited, type ChangeCall } from '../changes.ts';
import { closed } from '../closed-problem.ts';
import { once } from './once.ts';

/** Seconds. Most entities are through in a minute or two; a whole source is asked for again. */
const retryAfter = '60';

/** What a POST that starts a run has come to. */
export const begunSchema = z.object({
  id: z.string(),
  state: z.enum(['queued', 'waiting']),
  /** Of one that waits: how many were before it. */
  place: z.int().exactOptional(),
});
type Begun = z.infer<typeof begunSchema>;

/** What was sent. */
export interface Sent {
  /** As `idempotencyKey`. */
  key: string | undefined;
  body: Body;
}

/**
 * Starts what is asked for, under an id that the audit knows before; with an `Idempotency-Key` only
 * where no request with that key has.
 *
 * @param sync what is asked for, or throws `HttpProblem`; not looked at where a run was started before
 * @throws HttpProblem 409 where a server is busy or closed, 400, and what `once` throws
 */
export async function beginRun(
  call: ChangeCall,
  sync: () => SyncRequest,
  { key, body }: Sent,
): Promise<Begun & { isReplayed: boolean }> {
  const { app, request, context, signal } = call;
  if (key === undefined) {
    return { ...(await start(call, sync(), newRunId(app.now()))), isReplayed: false };
  }
  const { token: _, ...asked } = body;
  const keyed = { key, asked: [context.functionName, { ...request.params }, asked] };
  const { value, isReplayed } = await once<Begun>(call, keyed, {
    start: async (id) => await start(call, sync(), id),
    startedBefore: async (id) => {
      const run = await app.syncs.read(id, signal);
      return run && { id, state: run.state === 'waiting' ? 'waiting' : 'queued' };
    },
    parse: (answer) => begunSchema.parse(answer),
  });
  return { ...value, isReplayed };
}

async function start(call: ChangeCall, sync: SyncRequest, id: string): Promise<Begun> {
  const { app, signal } = call;
  const codes = [...new Set(sync.calls.flatMap((one) => one.codes))];
  const change = { what: 'run.start', subject: `run ${id}`, codes, user: sync.user } as const;
  return await audited(call, { ...change, asked: askedFor(sync) }, async () => {
    const started = await app.syncs.start({ ...sync, id }, signal).catch(refuseTooMany);
    if (started.outcome === 'closed') throw closed(started.closure, app.now());
    if (started.outcome === 'busy') {
      throw new HttpProblem('busy', 'Thread is busy, try again later.', {
        headers: { 'retry-after': retryAfter },
        members: { servers: started.servers, runs: started.runs },
      });
    }
    const state = started.outcome === 'waiting' ? 'waiting' : 'queued';
    const { outcome: _, ...begun } = started;
    return { value: { ...begun, state }, after: { state } };
  });
}

/** In brief: the run itself says it call by call. */
function askedFor({ kind, calls, whenBusy, retryOf, board }: SyncRequest): Details {
  const names = new Set(calls.flatMap((call) => call.names));
  const months = new Set(calls.flatMap(({ periods = [] }) => periods.map(periodText)));
  return {
    ...{ kind, calls: calls.length, names: [...names] },
    ...(months.size > 0 && { months: [...months].sort() }),
    ...(whenBusy !== undefined && { whenBusy }),
    ...(retryOf !== undefined && { retryOf }),
    ...(board !== undefined && { board }),
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
