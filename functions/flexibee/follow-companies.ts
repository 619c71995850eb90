/** Has every company polled once a minute. */

import type { InvocationContext, Timer, TimerHandler } from '@azure/functions';
import type { App } from '../../shared/app/app.ts';
import { type CompanyMessage, companyQueueOutput } from '../../shared/app/company-queue.ts';

export const followSchedule = '0 * * * * *';

export function followCompanies(app: () => App): TimerHandler {
  return async (_timer: Timer, context: InvocationContext) => {
    const { companies, now } = app();
    const at = now().toISOString();
    const messages = companies.all.map(
      ({ code }): CompanyMessage => ({ company: code, why: 'timer', at }),
    );
    if (messages.length > 0) context.extraOutputs.set(companyQueueOutput, messages);
  };
}
