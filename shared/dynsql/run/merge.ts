/**
 * Rows of several levels to nested JSON, row by row. They come in the order of the answer, so nothing
 * is held but the row at hand and those above it.
 */

import type { Cursor } from './level-rows.ts';
import type { Row } from './row-reader.ts';

/** The levels of a query do not fit together. Carries no values. */
export class DriftError extends Error {
  override readonly name = 'DriftError';

  constructor(dataset: string) {
    super(`The data changed while it was read: rows of ${dataset} do not fit their parents.`);
  }
}

/** JSON that was written and not yet taken. */
export class Text {
  #text = '';

  get length(): number {
    return this.#text.length;
  }

  write(text: string): void {
    this.#text += text;
  }

  take(): string {
    const text = this.#text;
    this.#text = '';
    return text;
  }
}

/**
 * Writes the root's items, with commas between them. Yields `dry` when the cursor is, to go on once
 * it has fetched; `item` after one of the root's items, when at least so many characters are there.
 *
 * @throws DriftError
 */
export function* writeItems(
  cursor: Cursor,
  text: Text,
  characters = 0,
): Generator<'dry' | 'item', void, undefined> {
  yield* levelItems(cursor, 0, undefined, [], text, characters);
  // A row that is below none that came.
  if (cursor.row !== undefined) throw drift(cursor);
}

/** @param path positions of the parents, from the root's down */
function* levelItems(
  cursor: Cursor,
  place: number,
  parent: Row | undefined,
  path: readonly number[],
  text: Text,
  characters: number,
): Generator<'dry' | 'item', void, undefined> {
  const { children = [] } = cursor.levels[place] ?? {};
  for (let position = 1; ; position += 1) {
    while (cursor.isDry) yield 'dry';
    const { row } = cursor;
    if (row === undefined || cursor.place !== place) return;
    const reader = cursor.reader(place);
    const own = [...path, position];
    const isOurs = reader.isAt(row, own) && (parent === undefined || reader.isOf(row, parent));
    if (!isOurs) throw drift(cursor);
    const members = reader.members(row);
    text.write(`${position > 1 ? ',' : ''}{${members}`);
    cursor.advance();
    if (children.length > 0) {
      text.write(`${members === '' ? '' : ','}"datasets":[`);
      for (const [index, child] of children.entries()) {
        const { dataset = '' } = cursor.levels[child] ?? {};
        text.write(`${index > 0 ? ',' : ''}${datasetHead(dataset)}`);
        yield* levelItems(cursor, child, row, own, text, characters);
        text.write(']}');
      }
      text.write(']');
    }
    text.write('}');
    if (parent === undefined && text.length >= characters) yield 'item';
  }
}

const drift = ({ levels, place }: Cursor) => new DriftError(levels[place]?.dataset ?? '');

/** A dataset up to its items; what comes after them is `]}`. */
export const datasetHead = (name: string, count?: number): string =>
  `{"name":${JSON.stringify(name)},${count === undefined ? '' : `"count":${count},`}"items":[`;
