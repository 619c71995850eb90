/** Has every company polled once a minute, and reconciled at night. */

import type { InvocationContext, Timer, TimerHandler } from '@azure/functions';
import type { App } from '../../shared/app/app.ts';
import type { CompanyMessage } from '../../shared/app/company-message.ts';
import { companyQueueOutput } from '../../shared/app/company-queue.ts';
import { nightOf } from '../../shared/flexibee/reconcile/night.ts';

export const followSchedule = '0 * * * * *';

export function followCompanies(app: () => App): TimerHandler {
  return async (_timer: Timer, context: InvocationContext) => {
    const { catalog, companies, now } = app().current;
    const moment = now();
    const at = moment.toISOString();
    const messages = companies.all.flatMap(({ code: company, reconcile }): CompanyMessage[] => {
      const poll: CompanyMessage = { company, why: 'timer', at };
      if (reconcile === false) return [poll];
      const wish = nightOf(moment, reconcile, catalog.periods.timeZone);
      return wish === undefined ? [poll] : [poll, { company, why: 'reconcile', at, wish }];
    });
    if (messages.length > 0) context.extraOutputs.set(companyQueueOutput, messages);
  };
}
