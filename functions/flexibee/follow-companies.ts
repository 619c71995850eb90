/** Has every company polled once a minute, and reconciled at night. */

import type { App } from '../../shared/app/app.ts';
import type { CompanyMessage } from '../../shared/app/company-message.ts';
import { companyQueueName } from '../../shared/app/company-queue.ts';
import { sideBySide } from '../../shared/async/side-by-side.ts';
import { nightOf } from '../../shared/flexibee/reconcile/night.ts';
import type { Job } from '../clock/job.ts';

/** Messages that are sent side by side. */
const atOnce = 16;

export function followCompanies(app: () => App): Job {
  const run = async () => {
    const { catalog, companies, now, stopping } = app().current;
    const moment = now();
    const at = moment.toISOString();
    const messages = companies.all.flatMap(({ code: company, reconcile }): CompanyMessage[] => {
      const poll: CompanyMessage = { company, why: 'timer', at };
      if (reconcile === false) return [poll];
      const wish = nightOf(moment, reconcile, catalog.periods.timeZone);
      return wish === undefined ? [poll] : [poll, { company, why: 'reconcile', at, wish }];
    });
    const send = (message: CompanyMessage) => app().send(companyQueueName, message);
    await sideBySide(messages, atOnce, send, stopping);
  };
  return { name: 'follow_companies', everySeconds: 60, run };
}
