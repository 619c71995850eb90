/** Puts messages on the queues of the app's own triggers, where no host does it any more. */

import type { QueueServiceClient, StoragePipelineOptions } from '@azure/storage-queue';
import type { StorageSettings } from '../settings.ts';
import { storageCall } from './call.ts';

/** Retries are ours, as in `container.ts`. */
const pipeline: StoragePipelineOptions = { retryOptions: { maxTries: 1 } };

/**
 * Sends one message, in the encoding of the host's queue trigger. The queue must be there.
 *
 * @throws RestError when the account refuses, or the reason of `signal`
 */
export async function sendMessage(
  account: StorageSettings,
  queueName: string,
  message: string | object,
  signal: AbortSignal,
): Promise<void> {
  const queue = (await serviceClient(account)).getQueueClient(queueName);
  const text = typeof message === 'string' ? message : JSON.stringify(message);
  const encoded = Buffer.from(text).toString('base64');
  await storageCall(
    `send to ${queueName}`,
    (abortSignal) => queue.sendMessage(encoded, { abortSignal }),
    signal,
  );
}

/** Loaded on demand: only a worker that stops sends anything itself. */
async function serviceClient(account: StorageSettings): Promise<QueueServiceClient> {
  const { QueueServiceClient: Client } = await import('@azure/storage-queue');
  if (account.kind === 'connection string') {
    return Client.fromConnectionString(account.connectionString, pipeline);
  }
  const { DefaultAzureCredential } = await import('@azure/identity');
  const { queueServiceUri, clientId } = account;
  const credential = new DefaultAzureCredential(
    clientId === undefined ? {} : { managedIdentityClientId: clientId },
  );
  return new Client(queueServiceUri, credential, pipeline);
}
