/** Where definitions and reports come from: shipped with the app, a folder, or blobs. */

import { sideBySide } from '../../async/side-by-side.ts';
import { parseJsonText } from '../../faults/json-text.ts';
import { type KeepGood, type OpenContainer, type Place, readPlace } from '../../storage/place.ts';
import type { Tell } from '../../storage/tell.ts';
import { type DynsqlCatalog, type DynsqlFile, makeDynsqlCatalog } from './dynsql-catalog.ts';
import { shippedDynsql } from './shipped-dynsql.ts';

/** What is read of the place. */
export const dynsqlFolders = ['dynsql', 'reports'] as const;

/** Files that are read at once. */
const mostAtOnce = 8;

/**
 * Loads and checks the definitions and reports that the setting DYNSQL names.
 *
 * @param where path of a folder with `dynsql/*.json` and, where there are reports,
 *   `reports/*.json`, or `blob:<prefix>` in the app's container; undefined: those that are shipped
 * @param tell hears of blobs that are damaged, where the last good ones are used
 * @param later as of `readPlace`
 * @throws CatalogError with every fault of every file, or an Error that says why they cannot be
 *   read
 */
export async function loadDynsqlCatalog(
  where: string | undefined,
  container: OpenContainer,
  signal: AbortSignal,
  tell?: Tell,
  later?: (keep: KeepGood) => void,
): Promise<DynsqlCatalog> {
  if (where === undefined) return shippedDynsql();
  const [definitions, reports] = dynsqlFolders;
  const read = async (place: Place) => ({
    definitions: await filesIn(place, definitions, signal),
    reports: await filesIn(place, reports, signal),
  });
  const parse = (files: Awaited<ReturnType<typeof read>>) =>
    makeDynsqlCatalog(files, `DYNSQL: ${where}`);
  return await readPlace('DYNSQL', where, container, { read, parse }, signal, tell, later);
}

async function filesIn(place: Place, folder: string, signal: AbortSignal): Promise<DynsqlFile[]> {
  const all = await place.files(folder);
  const names = all.filter((name) => /\.json$/i.test(name)).map((name) => `${folder}/${name}`);
  return await sideBySide(
    names,
    mostAtOnce,
    async (name) => {
      const text = await place.text(name);
      return { name, json: () => parseJsonText(text) };
    },
    signal,
  );
}
