/** Removes changes that the journals of FlexiBee companies have kept for long enough. */

import type { InvocationContext, Timer, TimerHandler } from '@azure/functions';
import type { App } from '../../shared/app/app.ts';

/** 03:40 UTC, ten minutes after the runs. Missed or called twice, it makes no difference. */
export const journalSchedule = '0 40 3 * * *';

export function expireJournals(app: () => App): TimerHandler {
  return async (_timer: Timer, context: InvocationContext) => {
    const removed = await app().current.expireJournals((text) => context.warn(text));
    if (removed > 0) context.info(`Removed ${removed} changes from the journals of companies`);
  };
}
