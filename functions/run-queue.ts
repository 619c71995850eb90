import { output } from '@azure/functions';

export const runQueueName = 'syncboard-runs';

/** The id of a run to execute, base64-encoded as the host's storage queue trigger expects. */
export const runQueueOutput = output.storageQueue({
  queueName: runQueueName,
  connection: 'AzureWebJobsStorage',
});
