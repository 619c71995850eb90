import functions from '@azure/functions';
import { queuePrefix } from './queue-prefix.ts';

export const afterQueueName = `${queuePrefix}-after-changes`;

/** As `companyQueueOutput`. */
export const afterQueueOutput = functions.output.storageQueue({
  queueName: afterQueueName,
  connection: 'AzureWebJobsStorage',
});
