import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { Backend } from './backend.ts';
import { Connection } from './connection.ts';
import { createEncryption } from './encryption.ts';

export interface TdsServer {
  readonly port: number;
  /** How many clients are connected, or their sessions still winding down. */
  connections(): number;
  /** Cuts all connections and resolves when their sessions are closed. */
  close(): Promise<void>;
}

/** How long `close` waits for sessions that do not heed their signal. */
const closeTimeout = 5000;

/**
 * Serves SQL Server's protocol, TDS 7.3 and 7.4, over TCP. Clients that ask for encryption get it,
 * with a certificate that signs itself.
 * @param options.port 0 for any free one.
 */
export async function startTdsServer(
  backend: Backend,
  options: { port: number; host?: string },
): Promise<TdsServer> {
  const secureContext = createEncryption();
  const open = new Map<Socket, Promise<void>>();
  const server = createServer({ noDelay: true, keepAlive: true, keepAliveInitialDelay: 30_000 });
  server.on('connection', (socket) => {
    const served = new Connection(socket, backend, secureContext).serve();
    open.set(socket, served);
    void served.then(() => open.delete(socket));
  });
  server.listen(options.port, options.host ?? '127.0.0.1');
  await once(server, 'listening');

  return {
    port: (server.address() as AddressInfo).port,
    connections: () => open.size,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of open.keys()) {
        socket.destroy();
      }
      const timeout = new AbortController();
      await Promise.race([
        Promise.all([closed, ...open.values()]),
        delay(closeTimeout, undefined, { signal: timeout.signal, ref: false }).catch(() => {}),
      ]);
      timeout.abort();
    },
  };
}
