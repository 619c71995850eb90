/** The rows of a streamed answer. */

import { fault, RowSplitter } from './row-splitter.ts';

/**
 * The items of an answer `{"name": …, "items": [{…}, …]}` one by one, each as the text of an
 * object, as they come.
 *
 * @param answer JSON in UTF-8
 * @throws RowLoadError where it is something else or is cut off, and what `answer` throws
 */
export async function* rowTexts(
  answer: AsyncIterable<Uint8Array>,
): AsyncGenerator<string, void, undefined> {
  for await (const texts of rowTextsByPiece(answer)) yield* texts;
}

/** The same, those together that end in one piece of the answer. */
export async function* rowTextsByPiece(
  answer: AsyncIterable<Uint8Array>,
): AsyncGenerator<readonly string[], void, undefined> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const splitter = new RowSplitter();
  const decode = (piece?: Uint8Array) => {
    try {
      return decoder.decode(piece, { stream: piece !== undefined });
    } catch {
      throw fault('is no UTF-8');
    }
  };
  for await (const piece of answer) yield splitter.push(decode(piece));
  yield splitter.push(decode());
  splitter.end();
}
