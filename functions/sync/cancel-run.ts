import type { AppServices } from '../../shared/app/services.ts';
import { textOrJson } from '../../shared/http/answer.ts';
import { callerText } from '../../shared/http/caller.ts';
import type { RouteHandler } from '../../shared/http/handler.ts';
import { HttpProblem } from '../../shared/http/problem.ts';
import type { RunState } from '../../shared/sync/syncs.ts';
import { audited } from '../changes.ts';
import { allowedRun, unknownRun } from './named-run.ts';

/** Asks the worker of a run to stop it; whoever may sync all of its data sources may ask. */
export function cancelRun(app: AppServices): RouteHandler {
  return async (request, context, { caller, signal }) => {
    if (caller === undefined) throw new Error('a cancellation needs a route that asks for a token');
    const { run } = await allowedRun(request, app, caller, signal);
    const { id, codes } = run;
    const state = await audited(
      { app, request, context, caller, signal },
      { what: 'run.cancel', subject: `run ${id}`, codes, before: { state: run.state } },
      async () => {
        const value = await cancel(app, id, caller.name, signal);
        return { value, after: value === 'cancelled' ? { state: value } : { cancelling: true } };
      },
    );
    context.info(`Cancellation of run ${id} was requested (${callerText(caller)})`);
    const location = `/runs/${id}`;
    return textOrJson(
      request,
      'Cancellation was requested.',
      { id, state, location },
      { status: 202, headers: { location }, otherwise: 'json' },
    );
  };
}

/** @returns its state then: one that waited has ended */
async function cancel(
  { syncs }: AppServices,
  id: string,
  by: string,
  signal: AbortSignal,
): Promise<RunState> {
  const result = await syncs.cancel(id, by, signal);
  if (result.outcome === 'accepted') return result.state;
  if (result.outcome === 'unknown') throw unknownRun(id);
  const finished = `Run ${id} has ended already: ${result.state}.`;
  const cancelling = `Run ${id} is being cancelled already.`;
  throw new HttpProblem('not-cancellable', result.outcome === 'finished' ? finished : cancelling, {
    members: { state: result.state },
  });
}
