/** The font of reports: it has Czech and Cyrillic letters, and is embedded as far as it is used. */

import { readFile } from 'node:fs/promises';

export type Weight = 'regular' | 'bold';

/** Beside this module, and beside the bundle when deployed: the build copies the folder. */
const fileOf = (name: string) => new URL(`./fonts/${name}.ttf`, import.meta.url);

let loaded: Promise<Record<Weight, Buffer>> | undefined;

/** The font files, read once. */
export function fontFiles(): Promise<Record<Weight, Buffer>> {
  loaded ??= readFonts().catch((error) => {
    loaded = undefined;
    throw error;
  });
  return loaded;
}

async function readFonts(): Promise<Record<Weight, Buffer>> {
  const [regular, bold] = await Promise.all([
    readFile(fileOf('DejaVuSansCondensed')),
    readFile(fileOf('DejaVuSansCondensed-Bold')),
  ]);
  return { regular, bold };
}
