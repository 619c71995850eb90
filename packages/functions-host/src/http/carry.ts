/** The app's answer on its way to the client. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import { finished } from 'node:stream/promises';

/** The client did not wait for the whole answer. */
export class ClientGoneError extends Error {
  override name = 'ClientGoneError';

  constructor() {
    super('The client has gone.');
  }
}

/**
 * Resolves when the whole of it is sent. Not `pipeline`'s work: it aborts the request when the
 * client goes, upon which Node 22 throws away what has come of the answer and tells nobody if that
 * was all of it, and `pipeline` waits for the answer's end for ever.
 *
 * @throws ClientGoneError; or why the answer breaks off, whose client gets a broken connection
 */
export async function carry(reply: IncomingMessage, response: ServerResponse): Promise<void> {
  let failure: Error | undefined;
  reply.on('error', (error) => {
    failure ??= error;
    response.destroy();
  });
  try {
    await finished(reply.pipe(response));
  } catch {
    throw failure ?? new ClientGoneError();
  }
}
