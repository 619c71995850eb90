/** Brings the overview up to date where nothing else has: times come by themselves. */

import type { InvocationContext, Timer, TimerHandler } from '@azure/functions';
import type { App } from '../../shared/app/app.ts';

/** Three times in a minute; whatever changes through the app is in it two seconds later. */
export const foldSchedule = '*/20 * * * * *';

export function foldOverview(app: () => App): TimerHandler {
  return async (_timer: Timer, _context: InvocationContext) => {
    await app().foldOverview();
  };
}
