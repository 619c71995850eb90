/**
 * Runs the statements of a query side by side and gives its answer as it comes.
 *
 * Statements are held back while nobody takes what they gave. A statement that fails, levels that
 * do not fit together, the signal, and a caller who leaves end all of them.
 */

import { parseExact } from '../../json/exact-json.ts';
import type { Statement } from '../definition.ts';
import { Levels, type RowSource } from './levels.ts';
import { datasetHead, Text, writeItems } from './merge.ts';

/** Characters: some TLS records' worth, so that what a piece costs does not count. */
const chunkLength = 32_768;

/** Rows that have come leave after so long, though more may be coming to make a whole piece. */
const quietMs = 10;

/** The first ones wait only for what came with them. */
const firstQuietMs = 1;

/**
 * The answer as JSON in UTF-8, `{"name":…,"items":[…]}`, in pieces of some 32 KB. The first one
 * comes when each statement has given something or ended: what fails before that fails before
 * anything is sent.
 *
 * @param statements the root's first
 * @param database its id in the catalogue
 * @throws DatabaseError, DriftError, or the reason of `signal`
 */
export async function* runQuery(
  statements: readonly Statement[],
  databases: RowSource,
  database: string,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  const levels = await Levels.open(statements, databases, database, signal);
  try {
    const text = new Text();
    let quiet = firstQuietMs;
    text.write(datasetHead(levels.root.statement.dataset));
    for (const dry of writeItems(levels.cursors, text)) {
      const isDue =
        text.length >= chunkLength ||
        (dry !== undefined && text.length > 0 && !(await dry.arrivesWithin(quiet)));
      if (isDue) {
        quiet = quietMs;
        yield Buffer.from(text.take());
      }
      await dry?.fetch();
    }
    text.write(']}');
    yield Buffer.from(text.take());
  } finally {
    await levels.close();
  }
}

/**
 * The root's items one by one, each as JSON text with everything below it; only one is held.
 *
 * @throws as `runQuery`
 */
export async function* itemTexts(
  statements: readonly Statement[],
  databases: RowSource,
  database: string,
  signal: AbortSignal,
): AsyncGenerator<string, void, undefined> {
  const levels = await Levels.open(statements, databases, database, signal);
  try {
    const text = new Text();
    for (const dry of writeItems(levels.cursors, text)) {
      if (dry !== undefined) {
        await dry.fetch();
        continue;
      }
      const item = text.take();
      yield item.startsWith(',') ? item.slice(1) : item;
    }
  } finally {
    await levels.close();
  }
}

/** A nested dataset of an item. */
export interface ItemDataset {
  name: string;
  items: Item[];
}

/** A row with what is below it. */
export interface Item {
  [key: string]: string | number | boolean | null | ItemDataset[] | undefined;
  datasets?: ItemDataset[];
}

/** The root's items one by one, as objects; numbers as `parseExact` has them. @throws as `runQuery` */
export async function* items(
  statements: readonly Statement[],
  databases: RowSource,
  database: string,
  signal: AbortSignal,
): AsyncGenerator<Item, void, undefined> {
  for await (const text of itemTexts(statements, databases, database, signal)) {
    yield parseExact(text) as Item;
  }
}
