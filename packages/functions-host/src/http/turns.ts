/**
 * The requests of one connection, one after another: the real host's web server reads the next one
 * when it has answered the one before. Node's hands them over at once, and never tells a response
 * that waits behind another that its client has gone.
 */

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { isGone } from './forward.ts';

/** The end of the latest response of each connection; for ever pending where it never began. */
const latest = new WeakMap<Socket, Promise<void>>();

/** Calls `handle` when the requests before have been answered; never where the client has gone. */
export function inTurn(
  request: IncomingMessage,
  response: ServerResponse,
  handle: () => void,
): void {
  const before = latest.get(request.socket);
  const { promise, resolve } = Promise.withResolvers<void>();
  response.once('close', resolve);
  latest.set(request.socket, promise);
  if (before === undefined) handle();
  else {
    void before.then(() => {
      if (!isGone({ request, response })) handle();
    });
  }
}
