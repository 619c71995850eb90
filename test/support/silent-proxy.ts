/**
 * A TCP proxy that does to connections what networks and dying servers do: it falls silent in the
 * middle (nothing passes either way, nothing is closed), breaks connections, or leads new ones to
 * another server, as a fail-over does.
 */

import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface TcpTarget {
  host: string;
  port: number;
}

export interface SilentProxy {
  port: number;
  /** Where new connections lead. */
  target: TcpTarget;
  /** Connections made since the start. */
  readonly connections: number;
  /** Connections that are open now. */
  readonly open: number;
  /** Bytes from the server to clients since the start. */
  readonly received: number;
  /** From now on nothing passes on any connection, nor (`all`) on new ones; they stay open. */
  silence(which?: 'all' | 'open'): void;
  /** Breaks every connection with a TCP reset. */
  reset(): void;
  /** From now on new connections are refused; those that are open live on. */
  refuse(): Promise<void>;
  close(): Promise<void>;
}

export async function startSilentProxy(to: TcpTarget): Promise<SilentProxy> {
  const pairs = new Set<readonly [client: Socket, upstream: Socket]>();
  const silenced = new WeakSet<Socket>();
  let connections = 0;
  let received = 0;
  let isSilent = false;
  let isListening = true;

  const server = createServer((client) => {
    connections += 1;
    const upstream = connect(proxy.target.port, proxy.target.host);
    const pair = [client, upstream] as const;
    pairs.add(pair);
    for (const [from, into] of [pair, [upstream, client] as const]) {
      from.on('error', () => {});
      from.on('data', (data) => {
        if (from === upstream) received += data.length;
        // Back-pressure passes through, as it does over a real wire.
        if (!into.write(data)) from.pause();
      });
      into.on('drain', () => {
        if (!silenced.has(from)) from.resume();
      });
      from.on('end', () => into.end());
      from.once('close', () => {
        pairs.delete(pair);
        into.destroy();
      });
      if (isSilent) {
        silenced.add(from);
        from.pause();
      }
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;

  const everySocket = () => [...pairs].flat();
  const stopListening = async () => {
    if (!isListening) return;
    isListening = false;
    const closed = once(server, 'close');
    server.close();
    // A server that still has connections is not closed, but does not listen any more.
    if (pairs.size === 0) await closed;
  };

  const proxy: SilentProxy = {
    port,
    target: to,
    get connections() {
      return connections;
    },
    get open() {
      return pairs.size;
    },
    get received() {
      return received;
    },
    silence(which = 'all') {
      isSilent = which === 'all';
      for (const socket of everySocket()) {
        silenced.add(socket);
        socket.pause();
      }
    },
    reset() {
      for (const socket of everySocket()) socket.resetAndDestroy();
    },
    refuse: stopListening,
    async close() {
      for (const socket of everySocket()) socket.destroy();
      await stopListening();
    },
  };
  return proxy;
}
