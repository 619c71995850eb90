import type { HttpRequest } from '@azure/functions';
import type { AppServices } from '../../shared/app/services.ts';
import { didYouMean } from '../../shared/faults/near-name.ts';
import { show } from '../../shared/faults/show.ts';
import type { RouteHandler } from '../../shared/http/handler.ts';
import { HttpProblem } from '../../shared/http/problem.ts';
import { streamedAnswer } from '../../shared/http/streamed-answer.ts';
import type { Run } from '../../shared/sync/syncs.ts';
import { logFromSchema } from '../shapes/runs.ts';
import { allowedRun, namedRunId } from './named-run.ts';

/**
 * What the procedures of a run said, as text, while it goes on and after: from a byte on, or of one
 * stage. `Link` says where to go on. Of a run that has said something without `stage` only the
 * sizes of its log are looked up, by a token that may see all runs; HEAD reads nothing more.
 */
export function readLog(app: AppServices): RouteHandler {
  return async (request, context, { caller, signal }) => {
    const id = namedRunId(request);
    const stage = request.query.get('stage') ?? undefined;
    const log = await app.syncs.log(id, signal);
    const isLimited = caller?.codes.includes('*') !== true;
    if (stage !== undefined || log.bytes === 0 || isLimited) {
      const { run } = await allowedRun(request, app, caller, signal);
      if (stage !== undefined) requireStage(run, stage);
    }
    const from = fromOf(request, log.bytes);
    const next = new URLSearchParams({ from: String(log.bytes), ...(stage && { stage }) });
    const headers = {
      'content-type': 'text/plain; charset=utf-8',
      link: `</runs/${id}/log?${next}>; rel="next"`,
    };
    if (request.method === 'HEAD' || from === log.bytes) return { headers };
    return await streamedAnswer(request, {
      invocationId: context.invocationId,
      make: (abort) => log.read({ from, stage }, abort),
      signal: app.stopping,
      headers: () => headers,
    });
  };
}

function requireStage({ stages }: Run, stage: string): void {
  const ids = stages.map(({ id }) => id);
  if (ids.includes(stage)) return;
  const allowed = 'the id of a stage of the run, see /runs/{id}';
  throw invalid('stage', stage, allowed, didYouMean(stage, ids));
}

function fromOf({ query }: HttpRequest, bytes: number): number {
  const given = query.get('from') ?? '0';
  const parsed = logFromSchema.safeParse(given);
  if (parsed.success && parsed.data <= bytes) return parsed.data;
  throw invalid('from', given, `a whole number from 0 to ${bytes}, the bytes that there are now`);
}

function invalid(field: string, value: string, allowed: string, hint = ''): HttpProblem {
  const message = `${field} must be ${allowed}${hint}`;
  return new HttpProblem('invalid-value', `Invalid ${field} value: ${show(value)}.`, {
    errors: [{ field, message, value: show(value), allowed }],
  });
}
