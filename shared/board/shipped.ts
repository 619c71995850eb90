/** The boards that there are before anybody writes one: of the app, or beside a catalogue of one's own. */

import { posix } from 'node:path';
import all from '../../catalog/boards/all.json' with { type: 'json' };
import monthEnd from '../../catalog/boards/month-end.json' with { type: 'json' };
import nightly from '../../catalog/boards/nightly.json' with { type: 'json' };
import { AgedCache } from '../async/aged-cache.ts';
import { sideBySide } from '../async/side-by-side.ts';
import { parseJsonText } from '../faults/json-text.ts';
import { type OpenContainer, openPlace } from '../storage/place.ts';
import { storageLimit } from '../storage/storage-call.ts';
import { type Board, boardNamePattern } from './board.ts';
import { boardOfFile } from './board-file.ts';

/** By name: a board, or why its file is none. */
export type BoardFiles = Readonly<Record<string, Board | { faulty: string }>>;

const files = { all, 'month-end': monthEnd, nightly };

let parsed: Readonly<Record<string, Board>> | undefined;

/** The boards in `catalog/boards`, which the bundle carries. */
export function shippedBoards(): Readonly<Record<string, Board>> {
  parsed ??= Object.fromEntries(
    Object.entries(files).map(([name, file]) => [name, boardOfFile(file)]),
  );
  return parsed;
}

const folder = 'boards';
const ageMs = 5_000;
const readMs = 20_000;
const readsAtOnce = 8;

/**
 * Those beside the catalogue that the setting CATALOG names, `boards/*.json`, as they are now: a file
 * that is changed counts within seconds. Beside a blob at the top of the container there are none:
 * the boards that people write lie there.
 *
 * @param catalog the setting; undefined: what is shipped
 */
export function boardsBeside(
  catalog: string | undefined,
  container: OpenContainer,
): (signal: AbortSignal) => Promise<BoardFiles> {
  const where = catalog === undefined ? undefined : folderOf(catalog);
  if (catalog === undefined) return async () => shippedBoards();
  if (where === undefined) return async () => ({});
  const cache = new AgedCache<BoardFiles>(() => performance.now());
  // Whoever asks meanwhile shares it: it heeds no single one's signal.
  const read = () => readBoards(where, container, storageLimit('read the boards', readMs));
  return (signal) => cache.get('', ageMs, read, signal);
}

function folderOf(catalog: string): string | undefined {
  const [, blob] = /^blob:(.*)$/.exec(catalog) ?? [];
  if (blob === undefined) return posix.dirname(catalog);
  const parent = posix.dirname(blob);
  return parent === '.' ? undefined : `blob:${parent}`;
}

async function readBoards(
  where: string,
  container: OpenContainer,
  signal: AbortSignal,
): Promise<BoardFiles> {
  const place = await openPlace(where, container, signal);
  const names = (await place.files(folder)).flatMap((file) => {
    const [, name = ''] = /^(.*)\.json$/.exec(file) ?? [];
    return boardNamePattern.test(name) ? [name] : [];
  });
  const read = async (name: string) => {
    const file = `${folder}/${name}.json`;
    const text = await place.text(file);
    try {
      return [name, boardOfFile(parseJsonText(text, file))] as const;
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      return [
        name,
        { faulty: `${file} is no board: ${why.replaceAll(/\s+/g, ' ').slice(0, 300)}` },
      ] as const;
    }
  };
  return Object.fromEntries(await sideBySide(names, readsAtOnce, read, signal));
}
