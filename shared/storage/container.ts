/** The one blob container that holds all of the app's state; the setting STORAGE_CONTAINER names it. */

import { BlobServiceClient, type ContainerClient } from '@azure/storage-blob';
import type { StorageSettings } from '../settings/settings.ts';
import { defaultContainer } from '../settings/storage.ts';
import { credentialOf, pipeline } from './account.ts';
import { storageCall } from './storage-call.ts';

/**
 * Layout: `runs/<id>.json`, `cancellations/<id>.json`, `logs/<run>/<number>`, `locks/…`,
 * `flexibee/<code>.json`, `hooks/<code>`, `hook-deliveries/<code>`, `audit/<day>/<number>.jsonl`,
 * `idempotency/<digest>.json`, `state/…`, and
 * `broken/<name>/<etag>` for what was damaged.
 *
 * Opens the container, creating it where it is missing.
 *
 * @throws RestError when the account refuses, or the reason of `signal`
 */
export async function openContainer(
  account: StorageSettings,
  signal: AbortSignal,
): Promise<ContainerClient> {
  const name = account.container ?? defaultContainer;
  const container = (await serviceClient(account)).getContainerClient(name);
  await storageCall(
    `create container ${name}`,
    (abortSignal) => container.createIfNotExists({ abortSignal }),
    signal,
  );
  return container;
}

async function serviceClient(account: StorageSettings): Promise<BlobServiceClient> {
  if (account.kind === 'connection string') {
    return BlobServiceClient.fromConnectionString(account.connectionString, pipeline);
  }
  const { blobServiceUri, clientId } = account;
  return new BlobServiceClient(blobServiceUri, await credentialOf(clientId), pipeline);
}
