import functions from '@azure/functions';
import { z } from 'zod';

export const companyQueueName = 'syncboard-companies';

/** A company to poll. */
export const companyMessageSchema = z.object({
  /** Data source code. */
  company: z.string(),
  /** `rest`: a poll was not through when its time was over. */
  why: z.enum(['timer', 'hook', 'request', 'rest']),
  /** ISO 8601. */
  at: z.string(),
});
export type CompanyMessage = z.infer<typeof companyMessageSchema>;

/** A message or an array of them, base64-encoded as the host's storage queue trigger expects. */
export const companyQueueOutput = functions.output.storageQueue({
  queueName: companyQueueName,
  connection: 'AzureWebJobsStorage',
});
