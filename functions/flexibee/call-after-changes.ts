/** Calls the procedures after changes of the company that comes through the queue, for one slice. */

import type { InvocationContext, StorageQueueHandler } from '@azure/functions';
import { type AfterMessage, afterMessageSchema } from '../../shared/app/after-message.ts';
import { afterQueueOutput } from '../../shared/app/after-queue.ts';
import type { App } from '../../shared/app/app.ts';

export function callAfterChanges(app: () => App): StorageQueueHandler {
  return async (message: unknown, context: InvocationContext) => {
    const { current } = app();
    const { companies, now } = current;
    const parsed = afterMessageSchema.safeParse(message);
    const company = parsed.success ? companies.find(parsed.data.company) : undefined;
    if (company === undefined) {
      // Of another catalogue, before this worker was deployed: sent again it would be no better.
      context.warn('A message names no company of the catalogue; it is left');
      return;
    }
    const { code } = company;
    const outcome = await current.callAfterChanges(code, (text) => context.info(text));
    if (outcome === 'handed on') {
      const again: AfterMessage = { company: code, at: now().toISOString() };
      context.extraOutputs.set(afterQueueOutput, again);
    }
    context.info(`company ${code}, procedures after changes: ${outcome}`);
  };
}
