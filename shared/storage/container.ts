/** The one blob container that holds all of the app's state. */

import {
  BlobServiceClient,
  type ContainerClient,
  type StoragePipelineOptions,
} from '@azure/storage-blob';
import type { StorageSettings } from '../settings.ts';
import { storageCall } from './call.ts';

/** Layout: `runs/<id>.json`, `logs/<run>/<number>`, `locks/sync/<server>`, `locks/procedure/<server>`. */
export const containerName = 'syncboard';

/** Retries are ours (`storageCall`): the SDK's do not cover 429 and know no overall deadline. */
const pipeline: StoragePipelineOptions = { retryOptions: { maxTries: 1 } };

/**
 * Opens the container, creating it where it is missing.
 *
 * @throws RestError when the account refuses, or the reason of `signal`
 */
export async function openContainer(
  account: StorageSettings,
  signal: AbortSignal,
): Promise<ContainerClient> {
  const container = (await serviceClient(account)).getContainerClient(containerName);
  await storageCall(
    `create container ${containerName}`,
    (abortSignal) => container.createIfNotExists({ abortSignal }),
    signal,
  );
  return container;
}

async function serviceClient(account: StorageSettings): Promise<BlobServiceClient> {
  if (account.kind === 'connection string') {
    return BlobServiceClient.fromConnectionString(account.connectionString, pipeline);
  }
  // Loaded on demand: a cold start on a connection string need not pay for the identity library.
  const { DefaultAzureCredential } = await import('@azure/identity');
  const { blobServiceUri, clientId } = account;
  const credential = new DefaultAzureCredential(
    clientId === undefined ? {} : { managedIdentityClientId: clientId },
  );
  return new BlobServiceClient(blobServiceUri, credential, pipeline);
}
