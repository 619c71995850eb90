/** Polls the company that comes through the queue, for one slice at most. */

import type { InvocationContext, StorageQueueHandler } from '@azure/functions';
import type { App } from '../app.ts';
import { type CompanyMessage, companyMessageSchema, companyQueueOutput } from './company-queue.ts';

export function pollCompany(app: () => App): StorageQueueHandler {
  return async (message: unknown, context: InvocationContext) => {
    const { companies, now } = app();
    const parsed = companyMessageSchema.safeParse(message);
    const company = parsed.success ? companies.find(parsed.data.company) : undefined;
    if (parsed.data === undefined || company === undefined) {
      // Of another catalogue, before this worker was deployed: sent again it would be no better.
      context.warn('A message names no company of the catalogue; it is left');
      return;
    }
    const outcome = await app().pollCompany(parsed.data, (text) => context.info(text));
    if (outcome === 'handed on') {
      const at = now().toISOString();
      const rest: CompanyMessage = { company: company.code, why: 'rest', at };
      context.extraOutputs.set(companyQueueOutput, rest);
    }
    // A thousand companies with nothing new each minute would bury everything else in the log, and
    // trouble has been told when it began.
    if (outcome !== 'idle' && outcome !== 'trouble')
      context.info(`company ${company.code}: ${outcome}`);
  };
}
