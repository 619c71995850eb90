/** Writes a file whole: whoever reads it meanwhile has the one before or this one. */

import { realpath, rename, rm, stat, writeFile } from 'node:fs/promises';

/** @throws what the file system says; then the file is as it was, and nothing is left beside it */
export async function replaceFile(
  path: string,
  contents: string | Uint8Array,
  signal?: AbortSignal,
): Promise<void> {
  // What a link leads to is replaced, not the link.
  const place = await realpath(path).catch(() => path);
  const mode = await stat(place).then(
    (known) => known.mode,
    () => undefined,
  );
  const beside = `${place}.${process.pid}`;
  try {
    await writeFile(beside, contents, { mode, signal });
    await rename(beside, place);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
}
