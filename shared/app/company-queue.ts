import functions from '@azure/functions';
import { queuePrefix } from './queue-prefix.ts';

export const companyQueueName = `${queuePrefix}-companies`;

/** A message or an array of them, base64-encoded as the host's storage queue trigger expects. */
export const companyQueueOutput = functions.output.storageQueue({
  queueName: companyQueueName,
  connection: 'AzureWebJobsStorage',
});
