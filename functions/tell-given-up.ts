/** Tells of messages that the host has given up, within a minute. */

import type { InvocationContext, Timer, TimerHandler } from '@azure/functions';
import type { App } from '../shared/app/app.ts';

export const givenUpSchedule = '30 * * * * *';

export function tellGivenUp(app: () => App): TimerHandler {
  return async (_timer: Timer, context: InvocationContext) => {
    await app().lookForGivenUp((text) => context.warn(text));
  };
}
