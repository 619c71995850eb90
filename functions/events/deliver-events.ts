/** Tells targets of what has happened, twice a minute. */

import type { InvocationContext, Timer, TimerHandler } from '@azure/functions';
import type { App } from '../../shared/app/app.ts';

export const deliverySchedule = '15,45 * * * * *';

export function deliverEvents(app: () => App): TimerHandler {
  return async (_timer: Timer, context: InvocationContext) => {
    const attempts = await app().deliverEvents((text) => context.warn(text));
    if (attempts) context.info(`Sent to targets: ${attempts}`);
  };
}
