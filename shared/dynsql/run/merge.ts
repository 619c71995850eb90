/**
 * Rows of several levels to nested JSON, row by row. Every level comes in the order of the answer,
 * so nothing is held but the rows at hand.
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
 * Writes the root's items, with commas between them. Yields a cursor that is dry, to go on once it
 * has fetched; undefined after each of the root's items.
 *
 * @param cursors in the order of their statements, the root's first
 * @throws DriftError
 */
export function* writeItems(
  cursors: readonly Cursor[],
  text: Text,
): Generator<Cursor | undefined, void, undefined> {
  const [root, ...others] = cursors;
  if (root === undefined) return;
  yield* levelItems(root, undefined, [], cursors, text);
  for (const cursor of others) {
    while (cursor.isDry) yield cursor;
    if (cursor.row !== undefined) throw new DriftError(cursor.statement.dataset);
  }
}

interface Parent {
  cursor: Cursor;
  row: Row;
}

/** @param path positions of the parents, from the root's down */
function* levelItems(
  cursor: Cursor,
  parent: Parent | undefined,
  path: readonly number[],
  cursors: readonly Cursor[],
  text: Text,
): Generator<Cursor | undefined, void, undefined> {
  const { children } = cursor.statement;
  for (let position = 1; ; position += 1) {
    while (cursor.isDry) yield cursor;
    const { row } = cursor;
    if (row === undefined || !belongs(cursor, row, parent, path)) return;
    const members = cursor.reader.members(row);
    text.write(`${position > 1 ? ',' : ''}{${members}`);
    if (children.length > 0) {
      text.write(`${members === '' ? '' : ','}"datasets":[`);
      const own = { cursor, row };
      for (const [index, place] of children.entries()) {
        const child = cursors[place];
        if (child === undefined) throw new Error(`There is no statement ${place}`);
        text.write(`${index > 0 ? ',' : ''}${datasetHead(child.statement.dataset)}`);
        yield* levelItems(child, own, [...path, position], cursors, text);
        text.write(']}');
      }
      text.write(']');
    }
    text.write('}');
    cursor.advance();
    if (parent === undefined) yield undefined;
  }
}

/** A dataset up to its items; what comes after them is `]}`. */
export const datasetHead = (name: string): string => `{"name":${JSON.stringify(name)},"items":[`;

/** @returns false for a row that belongs to a later parent */
function belongs(
  cursor: Cursor,
  row: Row,
  parent: Parent | undefined,
  path: readonly number[],
): boolean {
  if (parent === undefined) return true;
  const { reader, statement } = cursor;
  const place = reader.compare(row, path);
  if (place > 0) return false;
  if (place < 0 || !reader.isOf(row, parent.row, parent.cursor.reader)) {
    throw new DriftError(statement.dataset);
  }
  return true;
}
