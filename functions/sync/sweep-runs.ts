/** Sends runs on whose worker is gone or that wait for nothing, ends those that nobody may execute. */

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
    const { abandoned, ended, startable } = await app().sweepRuns();
    if (ended.length > 0) context.warn(`Ended, since nobody may execute them: ${ended.join(', ')}`);
    if (abandoned.length > 0) context.warn(`Resuming ${abandoned.join(', ')}`);
    if (startable.length > 0) context.info(`First in line: ${startable.join(', ')}`);
    const sent = [...new Set([...abandoned, ...startable])];
    if (sent.length > 0) context.extraOutputs.set(runQueueOutput, sent);
  };
}
