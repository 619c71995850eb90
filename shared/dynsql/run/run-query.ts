/**
 * Runs the statement of a query and gives its answer as it comes.
 *
 * It is held back while nobody takes what it gave. Its failure, levels that do not fit together, the
 * signal, and a caller who leaves end it.
 */

import { parseExact } from '../../json/exact-json.ts';
import type { Statement } from '../definition.ts';
import { placeValue, sealed } from '../sql/continuation.ts';
import type { Cursor } from './level-rows.ts';
import { datasetHead, Text, writeItems } from './merge.ts';
import { OpenQuery, type RowSource } from './open-query.ts';

/** Characters: some TLS records' worth, so that what a piece costs does not count. */
const chunkLength = 32_768;

/** Rows that have come leave after so long, though more may be coming to make a whole piece. */
const quietMs = 10;

/** The first ones wait only for what came with them. */
const firstQuietMs = 1;

/**
 * The answer as JSON in UTF-8, `{"name":…,"items":[…]}`, in pieces of some 32 KB. The first one
 * comes when the statement has given something or ended: what fails before that fails before
 * anything is sent.
 *
 * @param database its id in the catalogue
 * @throws DatabaseError, DriftError, or the reason of `signal`
 */
export async function* runQuery(
  statement: Statement,
  databases: RowSource,
  database: string,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  const query = await OpenQuery.open(statement, databases, database, signal);
  const { cursor } = query;
  try {
    const text = new Text();
    let quiet = firstQuietMs;
    text.write(datasetHead(statement.levels[0]?.dataset ?? '', cursor.count));
    let rows = 0;
    for (const event of writeItems(cursor, text)) {
      const isDry = event === 'dry';
      if (event === 'item') rows += 1;
      const isDue =
        text.length >= chunkLength ||
        (isDry && text.length > 0 && !(await cursor.arrivesWithin(quiet)));
      if (isDue) {
        quiet = quietMs;
        yield Buffer.from(text.take());
      }
      if (isDry) await cursor.fetch();
    }
    text.write(`]${nextMember(statement, cursor, rows)}}`);
    yield Buffer.from(text.take());
  } finally {
    await query.close();
  }
}

/** Where to go on, of a page that is full. */
function nextMember({ page }: Statement, cursor: Cursor, rows: number): string {
  if (page === undefined || rows < page.top) return '';
  const place = page.columns.map((column) => {
    const { type, value } = cursor.lastOfRoot(column);
    const sent = placeValue(type, value);
    if (sent === undefined)
      throw new Error(`A value that rows are sorted by cannot go back: ${type}`);
    return sent;
  });
  return `,"next":${JSON.stringify(sealed(place, page.query))}`;
}

/**
 * The root's items one by one, each as JSON text with everything below it; only one is held.
 *
 * @throws as `runQuery`
 */
export async function* itemTexts(
  statement: Statement,
  databases: RowSource,
  database: string,
  signal: AbortSignal,
): AsyncGenerator<string, void, undefined> {
  const query = await OpenQuery.open(statement, databases, database, signal);
  const { cursor } = query;
  try {
    const text = new Text();
    for (const event of writeItems(cursor, text)) {
      if (event === 'dry') {
        await cursor.fetch();
        continue;
      }
      const item = text.take();
      yield item.startsWith(',') ? item.slice(1) : item;
    }
  } finally {
    await query.close();
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
  statement: Statement,
  databases: RowSource,
  database: string,
  signal: AbortSignal,
): AsyncGenerator<Item, void, undefined> {
  for await (const text of itemTexts(statement, databases, database, signal)) {
    yield parseExact(text) as Item;
  }
}
