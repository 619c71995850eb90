/** Executes one slice of the run whose id comes through the queue. */

import type { InvocationContext, StorageQueueHandler } from '@azure/functions';
import type { App } from '../app.ts';
import { runQueueOutput } from './run-queue.ts';

/** A run that outlives its slice goes back to the queue, locks and all. */
export function executeRun(app: () => App): StorageQueueHandler {
  return async (message: unknown, context: InvocationContext) => {
    const id = String(message);
    const outcome = await app().executeRun(id, (text) => context.info(text));
    if (outcome === 'handed on') context.extraOutputs.set(runQueueOutput, id);
    context.info(`run ${id}: ${outcome}`);
  };
}
