import { rename, writeFile } from 'node:fs/promises';

/** Writes a file in one step: another instance may be reading it. */
export async function replaceFile(path: string, contents: string | Uint8Array): Promise<void> {
  const beside = `${path}.${process.pid}`;
  await writeFile(beside, contents);
  await rename(beside, path);
}
