/**
 * Runs the statement of a query and gives its answer as it comes.
 *
 * It is held back while nobody takes what it gave. Its failure, levels that do not fit together, the
 * signal, and a caller who leaves end it.
 */

import { parseExact } from '../../json/exact-json.ts';
import type { Statement } from '../definition.ts';
import { queryFault } from '../language/query.ts';
import { placeValue, sealed } from '../sql/continuation.ts';
import type { Cursor } from './level-rows.ts';
import { datasetHead, Text, writeItems } from './merge.ts';
import { OpenQuery, type RowSource } from './open-query.ts';
import { firstQuietMs, quietMs } from './quiet.ts';

/** Characters: some TLS records' worth, so that what a piece costs does not count. */
const chunkLength = 32_768;

/**
 * The answer as JSON in UTF-8, `{"name":…,"items":[…]}`, with `count` before the items and `next`
 * after them where they are asked for, in pieces of some 32 KB. The first one comes when the
 * statement has given something or ended: what fails before that fails before anything is sent.
 *
 * @param database its id in the catalogue
 * @throws QueryFault for a `next` that there cannot be, DatabaseError, DriftError, or the reason of
 *   `signal`
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
    requireComparable(statement, cursor);
    text.write(datasetHead(statement.levels[0]?.dataset ?? '', cursor.count));
    for (const event of writeItems(cursor, text, chunkLength)) {
      const isDry = event === 'dry';
      const isDue =
        text.length >= chunkLength ||
        (isDry && text.length > 0 && !(await cursor.arrivesWithin(quiet)));
      if (isDue) {
        quiet = quietMs;
        yield Buffer.from(text.take());
      }
      if (isDry) await cursor.fetch();
    }
    text.write(`]${nextMember(statement, cursor)}}`);
    yield Buffer.from(text.take());
  } finally {
    await query.close();
  }
}

/** @throws QueryFault where values that rows are sorted by cannot come back with the next query */
function requireComparable({ page }: Statement, cursor: Cursor): void {
  if (page === undefined || cursor.row === undefined) return;
  if (page.columns.every((column) => cursor.typeOf(column) !== undefined)) return;
  const message = 'next: cannot be told, since rows are sorted by what is not compared; use skip';
  throw queryFault([{ field: 'next', message, allowed: 'left out' }]);
}

/** Where to go on, of a page that is full. */
function nextMember({ page }: Statement, cursor: Cursor): string {
  if (page === undefined || cursor.roots < page.top) return '';
  const place = page.columns.map((column) => {
    const sent = placeValue(cursor.typeOf(column), cursor.lastOfRoot(column));
    if (sent === undefined) throw new Error('A text that rows are sorted by is too long for next');
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
