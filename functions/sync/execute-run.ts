/** Executes one slice of the run whose id comes through the queue. */

import type { InvocationContext, StorageQueueHandler } from '@azure/functions';
import type { App } from '../../shared/app/app.ts';
import { runQueueName, runQueueOutput } from '../../shared/app/run-queue.ts';
import { show } from '../../shared/faults/show.ts';
import type { SliceOutcome } from '../../shared/sync/engine.ts';
import { inSpan } from '../../shared/telemetry/spans.ts';
import { sendOn } from '../send-on.ts';

/**
 * A run that outlives its slice goes back to the queue, locks and all. One whose worker stops goes
 * there as well, at once and past the host: nobody hears of a call's end that comes with its
 * worker's.
 */
export function executeRun(app: () => App): StorageQueueHandler {
  return async (message: unknown, context: InvocationContext) => {
    const id = typeof message === 'string' ? message : show(message);
    const { current, stopping } = app();
    const goOn = () => sendOn(() => app().send(runQueueName, id), `run ${id}`, context);
    let outcome: SliceOutcome;
    try {
      const log = (text: string, level?: 'warn') =>
        level === 'warn' ? context.warn(text) : context.info(text);
      const described = () => ({
        kind: 'consumer' as const,
        parent: context.traceContext?.traceParent,
        attributes: { 'syncboard.run': id },
      });
      outcome = await inSpan('run', described, async (span) => {
        const ended = await current.executeRun(id, log);
        span?.setAttribute('syncboard.outcome', ended);
        return ended;
      });
    } catch (error) {
      if (stopping.aborted) await goOn();
      throw error;
    }
    const goesOn = outcome === 'handed on' || outcome === 'stopped';
    if (goesOn && stopping.aborted) await goOn();
    else if (outcome === 'handed on') context.extraOutputs.set(runQueueOutput, id);
    context.info(`run ${id}: ${outcome} (catalogue ${current.catalog.revision})`);
  };
}
