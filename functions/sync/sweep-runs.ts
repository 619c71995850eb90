/** Sends runs on whose worker is gone. */

import type { InvocationContext, Timer, TimerHandler } from '@azure/functions';
import type { App } from '../app.ts';
import { runQueueOutput } from './run-queue.ts';

/**
 * Every 20 s: with a lease of 60 s, a run whose worker dies is under way again well within two
 * minutes.
 */
export const sweepSchedule = '*/20 * * * * *';

export function sweepRuns(app: () => App): TimerHandler {
  return async (_timer: Timer, context: InvocationContext) => {
    const ids = await app().abandonedRuns();
    if (ids.length === 0) return;
    context.warn(`Resuming ${ids.join(', ')}`);
    context.extraOutputs.set(runQueueOutput, ids);
  };
}
