/** Clients of the storage account that a connection setting names. */

import { BlobServiceClient, type ContainerClient } from '@azure/storage-blob';
import { type QueueClient, QueueServiceClient } from '@azure/storage-queue';

/**
 * Every caller here tries again by itself, on its own terms; the SDK's default of four tries with
 * seconds between them would only hold up a shutdown.
 */
const clientOptions = {
  retryOptions: { maxTries: 2, retryDelayInMs: 200, tryTimeoutInMs: 10_000 },
};

export interface Storage {
  /** Where the host keeps locks and timer states: `azure-webjobs-hosts`. */
  hostContainer(): ContainerClient;
  /** @param connection name of a setting with a connection string. */
  queue(connection: string, name: string): QueueClient;
}

export function createStorage(settings: Record<string, string>): Storage {
  const services = new Map<string, QueueServiceClient>();
  return {
    hostContainer: () =>
      named('AzureWebJobsStorage', () =>
        BlobServiceClient.fromConnectionString(
          connectionString(settings, 'AzureWebJobsStorage'),
          clientOptions,
        ),
      ).getContainerClient('azure-webjobs-hosts'),
    queue: (connection, name) => {
      const service =
        services.get(connection) ??
        named(connection, () =>
          QueueServiceClient.fromConnectionString(
            connectionString(settings, connection),
            clientOptions,
          ),
        );
      services.set(connection, service);
      return service.getQueueClient(name);
    },
  };
}

function connectionString(settings: Record<string, string>, name: string): string {
  const value = settings[name];
  if (!value) throw new Error('is not set');
  return value;
}

/** The SDK's errors may quote the connection string: only the setting's name may be told. */
function named<T>(setting: string, create: () => T): T {
  try {
    return create();
  } catch {
    throw new Error(
      `setting "${setting}" must be "UseDevelopmentStorage=true" or a storage connection string`,
    );
  }
}

/** The HTTP status of a storage error; undefined when the service was not reached. */
export function statusOf(error: unknown): number | undefined {
  const status = (error as { statusCode?: unknown } | null)?.statusCode;
  return typeof status === 'number' ? status : undefined;
}
