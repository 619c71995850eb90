import type { ContainerClient } from '@azure/storage-blob';
import { sideBySide } from '../async/side-by-side.ts';
import { storageCall } from '../storage/storage-call.ts';

const prefix = 'history/';

/** Old revisions are removed so many at a time. */
const removalsAtOnce = 8;

/**
 * Removes what boards and schedules were longer ago; of each the newest revision stays, which is the
 * last good one of a document that is damaged.
 *
 * @param before revisions that were written earlier go
 * @returns how many were removed
 */
export async function expireHistory(
  container: ContainerClient,
  before: Date,
  signal: AbortSignal,
): Promise<number> {
  const old = await storageCall(
    `list ${prefix}`,
    async (abortSignal) => {
      const names: string[] = [];
      let newest: string | undefined;
      // Of each the newest comes first (`History`).
      for await (const { name, properties } of container.listBlobsFlat({ prefix, abortSignal })) {
        const of = name.slice(0, name.lastIndexOf('/'));
        const isNewest = of !== newest;
        newest = of;
        if (!isNewest && properties.lastModified < before) names.push(name);
      }
      return names;
    },
    signal,
  );
  const remove = (name: string, within: AbortSignal) =>
    storageCall(
      `remove ${name}`,
      (abortSignal) => container.getBlobClient(name).deleteIfExists({ abortSignal }),
      within,
    );
  await sideBySide(old, removalsAtOnce, remove, signal);
  return old.length;
}
