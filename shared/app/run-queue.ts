import functions from '@azure/functions';
import { queuePrefix } from './queue-prefix.ts';

export const runQueueName = `${queuePrefix}-runs`;

/** The id of a run to execute, base64-encoded as the host's storage queue trigger expects. */
export const runQueueOutput = functions.output.storageQueue({
  queueName: runQueueName,
  connection: 'AzureWebJobsStorage',
});
