import functions from '@azure/functions';

export const runQueueName = 'syncboard-runs';

/** The id of a run to execute, base64-encoded as the host's storage queue trigger expects. */
export const runQueueOutput = functions.output.storageQueue({
  queueName: runQueueName,
  connection: 'AzureWebJobsStorage',
});
