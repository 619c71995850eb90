/** Polls or reconciles what comes through the queue, a company or a round of them, for one slice at most. */

import type { InvocationContext, StorageQueueHandler } from '@azure/functions';
import type { App } from '../../shared/app/app.ts';
import {
  type CompanyMessage,
  companyMessageSchema,
  companyRoundSchema,
} from '../../shared/app/company-message.ts';
import { companyQueueName, companyQueueOutput } from '../../shared/app/company-queue.ts';
import { sendOn } from '../send-on.ts';
import { toldPoll } from '../telemetry/told-poll.ts';
import { pollRound } from './poll-round.ts';
import { isQuiet, queuedAt } from './queued.ts';

export function pollCompany(app: () => App): StorageQueueHandler {
  return async (message: unknown, context: InvocationContext) => {
    const { current } = app();
    const { companies, now, stopping } = current;
    const round = companyRoundSchema.safeParse(message);
    if (round.success) return await pollRound(app(), round.data, context);
    const parsed = companyMessageSchema.safeParse(message);
    const company = parsed.success ? companies.find(parsed.data.company) : undefined;
    if (parsed.data === undefined || company === undefined) {
      // Of another catalogue, before this worker was deployed: sent again it would be no better.
      context.warn('A message names no company of the catalogue; it is left');
      return;
    }
    const { why, wish } = parsed.data;
    const rest = (): CompanyMessage => ({
      company: company.code,
      why: why === 'reconcile' ? why : 'rest',
      at: now().toISOString(),
      ...(wish !== undefined && { wish }),
    });
    const goOn = () =>
      sendOn(() => app().send(companyQueueName, rest()), `company ${company.code}`, context);
    let outcome: string;
    try {
      const queued = { ...parsed.data, queuedAt: queuedAt(context) };
      const log = (text: string) => context.info(text);
      const poll = () => current.pollCompany(queued, log, context.invocationId);
      outcome = await toldPoll(queued, context, poll);
    } catch (error) {
      if (stopping.aborted) await goOn();
      throw error;
    }
    if (outcome === 'handed on' && stopping.aborted) await goOn();
    else if (outcome === 'handed on') context.extraOutputs.set(companyQueueOutput, rest());
    const what = why === 'reconcile' ? 'reconciliation ' : '';
    if (!isQuiet(outcome)) context.info(`company ${company.code}: ${what}${outcome}`);
  };
}
