import functions from '@azure/functions';
import { z } from 'zod';
import { queuePrefix } from './queue-prefix.ts';

export const afterQueueName = `${queuePrefix}-after-changes`;

/** A company whose procedures after changes are to be called. */
export const afterMessageSchema = z.object({
  /** Data source code. */
  company: z.string(),
  /** ISO 8601. */
  at: z.string(),
});
export type AfterMessage = z.infer<typeof afterMessageSchema>;

/** As `companyQueueOutput`. */
export const afterQueueOutput = functions.output.storageQueue({
  queueName: afterQueueName,
  connection: 'AzureWebJobsStorage',
});
