/**
 * Blobs that are leased without an end. Syncboard takes leases of a minute at most: whoever took
 * such a one (a hand in the portal, a backup tool) keeps everybody from the blob until it is broken.
 */

import type { ContainerClient } from '@azure/storage-blob';
import { storageCall } from './call.ts';

/** What is a lock, or has one. */
const prefixes = ['locks/', 'flexibee/'] as const;

/** @returns their names; of each kind a page of storage is looked at */
export async function endlessLeases(
  container: ContainerClient,
  signal: AbortSignal,
): Promise<string[]> {
  const pages = await Promise.all(
    prefixes.map((prefix) =>
      storageCall(
        `list ${prefix}`,
        async (abortSignal) => {
          const page = container.listBlobsFlat({ prefix, abortSignal }).byPage();
          return (await page.next()).value?.segment.blobItems ?? [];
        },
        signal,
      ),
    ),
  );
  return pages
    .flat()
    .filter(({ properties }) => properties.leaseDuration === 'infinite')
    .map(({ name }) => name);
}
