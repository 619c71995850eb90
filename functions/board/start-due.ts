/** Starts boards whose schedules are due. */

import type { InvocationContext, Timer, TimerHandler } from '@azure/functions';
import type { App } from '../../shared/app/app.ts';

/** Each minute, a few seconds after it has begun: storage's clock may be a little behind the host's. */
export const dueSchedule = '5 * * * * *';

export function startDue(app: () => App): TimerHandler {
  return async (_timer: Timer, context: InvocationContext) => {
    await app().current.startDue((text, level) =>
      level === 'warn' ? context.warn(text) : context.info(text),
    );
  };
}
