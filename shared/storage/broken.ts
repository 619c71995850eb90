/**
 * Blobs that were damaged, as they were found: `broken/<name>/<etag>`. They stay until somebody has
 * looked at them and removes them.
 */

import type { ContainerClient } from '@azure/storage-blob';
import type { DocumentDamagedError } from './document-errors.ts';
import { storageCall } from './storage-call.ts';
import { hasStatus } from './storage-error.ts';

const brokenPrefix = 'broken/';

/** Storage copies within an account at once, as a rule. */
const copyPollMs = 100;

/**
 * Copies a damaged blob, as it was read, whatever its size: storage does so by itself.
 *
 * @returns where it is now; undefined: it has changed meanwhile and may be well, or storage keeps it
 */
export async function setAside(
  container: ContainerClient,
  { blobName, found }: DocumentDamagedError,
  signal: AbortSignal,
): Promise<string | undefined> {
  const to = `${brokenPrefix}${blobName}/${found.etag.replaceAll(/[^0-9A-Za-z]/g, '')}`;
  try {
    await storageCall(
      `copy ${blobName} to ${to}`,
      async (abortSignal) => {
        const source = container.getBlobClient(blobName).url;
        const copy = await container.getBlobClient(to).beginCopyFromURL(source, {
          abortSignal,
          intervalInMs: copyPollMs,
          sourceConditions: { ifMatch: found.etag },
        });
        await copy.pollUntilDone();
      },
      signal,
    );
    return to;
  } catch (error) {
    if ([404, 409, 412].some((status) => hasStatus(error, status))) return undefined;
    throw error;
  }
}

export interface Broken {
  /** How many were set aside; more than a page of storage are not counted further. */
  count: number;
  /** Of the one that was set aside last. */
  newest?: string;
}

/** What lies there. */
export async function brokenBlobs(
  container: ContainerClient,
  signal: AbortSignal,
): Promise<Broken> {
  const items = await storageCall(
    `list ${brokenPrefix}`,
    async (abortSignal) => {
      const pages = container.listBlobsFlat({ prefix: brokenPrefix, abortSignal }).byPage();
      return (await pages.next()).value?.segment.blobItems ?? [];
    },
    signal,
  );
  let newest: { name: string; at: number } | undefined;
  for (const { name, properties } of items) {
    const at = properties.lastModified.getTime();
    if (newest === undefined || at >= newest.at) newest = { name, at };
  }
  return { count: items.length, ...(newest && { newest: newest.name }) };
}
