/** Has every company polled once a minute, and reconciled at night. */

import type { App } from '../../shared/app/app.ts';
import type { CompanyMessage } from '../../shared/app/company-message.ts';
import { companyQueueName } from '../../shared/app/company-queue.ts';
import { rounds } from '../../shared/app/company-rounds.ts';
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
    const codes = companies.all.map(({ code }) => code);
    await sideBySide(
      rounds(codes, at),
      atOnce,
      (round) => app().send(companyQueueName, round, round.delaySeconds),
      stopping,
    );
    const nights = companies.all.flatMap(({ code: company, reconcile }): CompanyMessage[] => {
      if (reconcile === false) return [];
      const wish = nightOf(moment, reconcile, catalog.periods.timeZone);
      return wish === undefined ? [] : [{ company, why: 'reconcile', at, wish }];
    });
    await sideBySide(nights, atOnce, (one) => app().send(companyQueueName, one), stopping);
  };
  return { name: 'follow_companies', everySeconds: 60, atStart: true, run };
}
