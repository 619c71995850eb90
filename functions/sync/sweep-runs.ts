/** Sends runs on whose worker is gone, and ends those that nobody may execute. */

import type { InvocationContext, Timer, TimerHandler } from '@azure/functions';
import type { App } from '../../shared/app/app.ts';
import { runQueueOutput } from '../../shared/app/run-queue.ts';

/**
 * Every 20 s: with a lease of 60 s, a run whose worker dies is under way again well within two
 * minutes.
 */
export const sweepSchedule = '*/20 * * * * *';

export function sweepRuns(app: () => App): TimerHandler {
  return async (_timer: Timer, context: InvocationContext) => {
    const { abandoned, ended } = await app().sweepRuns();
    if (ended.length > 0) context.warn(`Ended, since nobody may execute them: ${ended.join(', ')}`);
    if (abandoned.length === 0) return;
    context.warn(`Resuming ${abandoned.join(', ')}`);
    context.extraOutputs.set(runQueueOutput, abandoned);
  };
}
