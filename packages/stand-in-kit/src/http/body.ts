/** Request bodies. */

import type { IncomingMessage } from 'node:http';

/**
 * The whole body as UTF-8.
 * @param limit bytes
 * @throws what `tooLong` makes, for a longer one
 */
export async function readText(
  request: IncomingMessage,
  limit: number,
  tooLong: () => Error,
): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > limit) throw tooLong();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
