/** A zip archive that is made while it is sent; yazl over async generators. */

import { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import yazl from 'yazl';

export interface ZipPart {
  path: string;
  content: AsyncIterable<Uint8Array>;
}

/** XML shrinks to an eighth at once; more effort costs more than it saves. */
const compressionLevel = 1;

/**
 * The bytes of an archive, made no faster than they are taken.
 *
 * @param parts asked for one after the other, each when the one before has been read whole
 * @throws what `parts` or a content does
 */
export async function* zipped(
  parts: AsyncIterable<ZipPart>,
): AsyncGenerator<Uint8Array, void, undefined> {
  const file = new yazl.ZipFile();
  const output = file.outputStream as Readable;
  let current: Readable | undefined;
  let hasLeft = false;
  const feed = async () => {
    for await (const { path, content } of parts) {
      current = Readable.from(content, { objectMode: false });
      // Who left before there was a stream has not ended it.
      if (hasLeft) current.destroy();
      const read = finished(current);
      file.addReadStream(current, path, { compressionLevel });
      await read;
    }
    file.end();
  };
  file.on('error', (error) => output.destroy(error as Error));
  const feeding = feed().catch((error: Error) => {
    output.destroy(error);
  });
  try {
    yield* output as AsyncIterable<Uint8Array>;
  } finally {
    hasLeft = true;
    current?.destroy();
    output.destroy();
    await feeding;
  }
}
