/**
 * Locks that nobody can take: leased without an end, or archived. Syncboard does neither, its leases
 * last a minute at most: a hand in the portal did, a backup tool, a rule of the account's.
 */

import type { ContainerClient } from '@azure/storage-blob';
import { storageCall } from './storage-call.ts';

/** What is a lock, or has one. */
const prefixes = ['locks/', 'flexibee/'] as const;

/** @returns their names; of each kind a page of storage is looked at */
export async function keptBlobs(
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
    .filter(
      ({ properties: { leaseDuration, accessTier } }) =>
        leaseDuration === 'infinite' || accessTier === 'Archive',
    )
    .map(({ name }) => name);
}
