/** Removes runs that have been kept for long enough. */

import type { InvocationContext, Timer, TimerHandler } from '@azure/functions';
import type { App } from '../../shared/app/app.ts';

/** 03:30 UTC, when few syncs run. Missed or called twice, it makes no difference. */
export const expirySchedule = '0 30 3 * * *';

export function expireRuns(app: () => App): TimerHandler {
  return async (_timer: Timer, context: InvocationContext) => {
    const removed = await app().expireRuns();
    if (removed > 0) context.info(`Removed ${removed} runs`);
  };
}
