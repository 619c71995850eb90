/** Keeps the index of runs that a search goes by. */

import type { InvocationContext, Timer, TimerHandler } from '@azure/functions';
import type { App } from '../../shared/app/app.ts';

/** Each minute: a search lists what the index has not. */
export const indexSchedule = '15 * * * * *';

export function indexRuns(app: () => App): TimerHandler {
  return async (_timer: Timer, context: InvocationContext) => {
    const runs = await app().indexRuns();
    if (runs !== undefined) context.info(`The index of runs has ${runs}`);
  };
}
