/** Where the catalogue comes from: shipped with the app, a file, or a blob. */

import { readFile } from 'node:fs/promises';
import type { ContainerClient } from '@azure/storage-blob';
import { storageCall } from '../storage/call.ts';
import type { Catalog } from './catalog.ts';
import { parseCatalogText, shippedCatalog } from './load.ts';

const blobPrefix = 'blob:';

/**
 * Loads and checks the catalogue that the setting CATALOG names.
 *
 * @param where file path, or `blob:<name>` in the app's container; undefined: the shipped one
 * @throws CatalogError with every fault, or an Error that says why it cannot be read
 */
export async function loadCatalog(
  where: string | undefined,
  container: (signal: AbortSignal) => Promise<ContainerClient>,
  signal: AbortSignal,
): Promise<Catalog> {
  if (where === undefined) return shippedCatalog();
  try {
    if (!where.startsWith(blobPrefix)) {
      return parseCatalogText(await readFile(where, { encoding: 'utf8', signal }), where);
    }
    const blob = (await container(signal)).getBlobClient(where.slice(blobPrefix.length));
    const bytes = await storageCall(
      `read ${blob.name}`,
      (abortSignal) => blob.downloadToBuffer(undefined, undefined, { abortSignal }),
      signal,
    );
    return parseCatalogText(bytes.toString('utf8'), where);
  } catch (error) {
    if (error instanceof Error && error.name === 'CatalogError') throw error;
    throw new Error(`CATALOG: cannot read ${where}: ${(error as Error).message}`, { cause: error });
  }
}
