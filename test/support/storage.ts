import { availableParallelism, loadavg } from 'node:os';
import { BlobServiceClient, type ContainerClient } from '@azure/storage-blob';
import { startAzurite } from 'stand-in-kit/testing/azurite';
import type { ZodType } from 'zod';
import type { DocumentForm } from '../../shared/storage/form.ts';

export interface TestStorage {
  connectionString: string;
  /** A container of its own for every call. */
  container(): Promise<ContainerClient>;
  close(): Promise<void>;
}

/** Real Azurite; every test takes a container of its own, so that tests share one process. */
export async function startStorage(): Promise<TestStorage> {
  const azurite = await startAzurite();
  const service = BlobServiceClient.fromConnectionString(azurite.connectionString, {
    retryOptions: { maxTries: 1 },
  });
  let number = 0;
  return {
    connectionString: azurite.connectionString,
    async container() {
      number += 1;
      const container = service.getContainerClient(`test-${number}`);
      await container.create();
      return container;
    },
    close: () => azurite.close(),
  };
}

/** The first version of a document for tests. */
export function formOf<T>(schema: ZodType<T>, version = 1): DocumentForm<T> {
  return { schema, version, maxBytes: 100_000 };
}

/** What was set aside, as it was found. */
export async function brokenTexts(container: ContainerClient): Promise<string[]> {
  const texts: string[] = [];
  for await (const { name } of container.listBlobsFlat({ prefix: 'broken/' })) {
    texts.push(String(await container.getBlobClient(name).downloadToBuffer()));
  }
  return texts;
}

/**
 * For tests: an I/O that takes longer than this has failed; longer on a machine whose processors
 * others wait for, too (the load average of the last minute).
 */
export function soon(): AbortSignal {
  const waiting = (loadavg()[0] ?? 0) / availableParallelism();
  return AbortSignal.timeout(Math.round(30_000 * Math.min(8, Math.max(1, waiting))));
}
