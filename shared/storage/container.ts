/** The one blob container that holds all of the app's state. */

import {
  BlobServiceClient,
  type ContainerClient,
  type StoragePipelineOptions,
} from '@azure/storage-blob';
import { storageCall } from './call.ts';

/** Layout: `runs/<id>.json`, `locks/sync/<server>`, `locks/procedure/<server>`. */
export const containerName = 'syncboard';

export type StorageAccount =
  | { connectionString: string }
  /** Managed identity, as `AzureWebJobsStorage__accountName` or `…__blobServiceUri` ask for it. */
  | { blobServiceUri: string };

/** Retries are ours (`storageCall`): the SDK's do not cover 429 and know no overall deadline. */
const pipeline: StoragePipelineOptions = { retryOptions: { maxTries: 1 } };

/**
 * Opens the container, creating it where it is missing.
 *
 * @throws RestError when the account refuses, or the reason of `signal`
 */
export async function openContainer(
  account: StorageAccount,
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

async function serviceClient(account: StorageAccount): Promise<BlobServiceClient> {
  if ('connectionString' in account) {
    return BlobServiceClient.fromConnectionString(account.connectionString, pipeline);
  }
  // Loaded on demand: a cold start on a connection string need not pay for the identity library.
  const { DefaultAzureCredential } = await import('@azure/identity');
  return new BlobServiceClient(account.blobServiceUri, new DefaultAzureCredential(), pipeline);
}
