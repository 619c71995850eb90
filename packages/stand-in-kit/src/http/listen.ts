/** An HTTP server on this machine only, that leaves nothing behind. */

import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface HttpServer {
  readonly port: number;
  /** Breaks what is under way, and waits for its end. */
  close(): Promise<void>;
}

/** @param closing aborted when the server closes; whatever waits then ends */
export type Handler = (
  request: IncomingMessage,
  response: ServerResponse,
  closing: AbortSignal,
) => Promise<void>;

/**
 * @param port 0: any
 * @param handle when it fails the connection breaks, and the error is on the console
 * @throws the system's error for a port that is taken
 */
export async function listen(
  port: number,
  handle: Handler,
  keepAliveMilliseconds = 5_000,
): Promise<HttpServer> {
  const closing = new AbortController();
  const underWay = new Set<Promise<void>>();
  const server = createServer((request, response) => {
    const handled = handle(request, response, closing.signal)
      .catch((error: unknown) => {
        if (!closing.signal.aborted && !response.destroyed) console.error(error);
        response.destroy();
      })
      .finally(() => underWay.delete(handled));
    underWay.add(handled);
  });
  server.keepAliveTimeout = keepAliveMilliseconds;
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      closing.abort();
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
      await Promise.all(underWay);
    },
  };
}
