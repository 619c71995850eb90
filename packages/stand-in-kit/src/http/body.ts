/** Request bodies. */

import type { IncomingMessage } from 'node:http';

/**
 * The whole body.
 * @param limit bytes
 * @throws what `tooLong` makes, for a longer one
 */
export async function readBytes(
  request: IncomingMessage,
  limit: number,
  tooLong: () => Error,
): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > limit) throw tooLong();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** The same as UTF-8. */
export async function readText(...given: Parameters<typeof readBytes>): Promise<string> {
  return (await readBytes(...given)).toString('utf8');
}
