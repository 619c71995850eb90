/** Request bodies that the host reads whole. */

import type { IncomingMessage } from 'node:http';

/** The real host's default limit of a request body. */
export const bodyLimitBytes = 104_857_600;

/**
 * Reads a body with a declared length, which the host needs for its binding data. A chunked body
 * is left to stream.
 * @returns undefined when there is none of a declared length.
 */
export async function readDeclaredBody(request: IncomingMessage): Promise<Buffer | undefined> {
  if (Number(request.headers['content-length'] ?? 0) === 0) return undefined;
  return Buffer.concat(await request.toArray());
}
