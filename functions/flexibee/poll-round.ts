/** Polls the companies of one of the timer's messages, some at a time. */

import type { InvocationContext } from '@azure/functions';
import type { App } from '../../shared/app/app.ts';
import type { CompanyMessage, CompanyRound } from '../../shared/app/company-message.ts';
import { companyQueueName } from '../../shared/app/company-queue.ts';
import { sideBySide } from '../../shared/async/side-by-side.ts';
import { toldPoll } from '../telemetry/told-poll.ts';
import { isQuiet, queuedAt } from './queued.ts';

/** As many polls of one message at once; a worker takes up to twelve messages (host.json). */
const atOnce = 8;

/**
 * A company that needs more than a slice, or fails, gets a message of its own, which comes again by
 * the host's rules: no other waits for it or is polled twice for its sake.
 *
 * @throws what keeps such a message from being sent; then the whole round comes again
 */
export async function pollRound(
  app: App,
  { round, delaySeconds, at }: CompanyRound,
  context: InvocationContext,
): Promise<void> {
  const { current } = app;
  const log = (text: string) => context.info(text);
  const queued = { at, delaySeconds, queuedAt: queuedAt(context) };
  const alone = (company: string, why: CompanyMessage['why']) => {
    const message: CompanyMessage = { company, why, at: current.now().toISOString() };
    return app.send(companyQueueName, message);
  };
  const poll = async (company: string) => {
    try {
      const message = { ...queued, company, why: 'timer' } as const;
      const look = () => current.pollCompany(message, log, context.invocationId);
      const outcome = await toldPoll(message, context, look);
      if (outcome === 'handed on') await alone(company, 'rest');
      if (!isQuiet(outcome)) context.info(`company ${company}: ${outcome}`);
    } catch (error) {
      // Whoever stops does so with all of them; the next minute's round is not far.
      if (current.stopping.aborted) throw error;
      context.warn(`company ${company} is tried again by itself: ${String(error)}`);
      await alone(company, 'timer');
    }
  };
  // Of another catalogue, before this worker was deployed: sent again they would be no better.
  const known = round.filter((code) => current.companies.find(code) !== undefined);
  if (known.length < round.length) {
    context.warn(
      `A message names ${round.length - known.length} companies that the catalogue has not`,
    );
  }
  await sideBySide(known, atOnce, poll, current.stopping);
}
