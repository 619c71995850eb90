/** Counts what goes over the wire to SQL Server: a TCP proxy that reads TDS packet headers. */

import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface TdsCounts {
  connections: number;
  /** Names of procedures called by RPC. */
  procedures: string[];
  /** Statements (sp_executesql) that read a freshness. */
  freshness: number;
  /** Everything else: batches, other statements, transaction requests. */
  others: number;
  /** Of every message in its order: whether its first packet asks for RESETCONNECTION. */
  resets: boolean[];
}

export interface TdsCounter {
  /** Each leads to the target: addresses of several servers. */
  ports: number[];
  counts: TdsCounts;
  reset(): void;
  close(): Promise<void>;
}

/** MS-TDS 2.2.3.1: type, status (1: last of a message), length in big-endian. */
const headerBytes = 8;
const rpc = 3;
const resetConnection = 8;

const none = (): TdsCounts => ({
  connections: 0,
  procedures: [],
  freshness: 0,
  others: 0,
  resets: [],
});

export async function startTdsCounter(target: number, ways = 1): Promise<TdsCounter> {
  const counts = none();
  const sockets = new Set<Socket>();
  const serve = (client: Socket) => {
    counts.connections += 1;
    const upstream = connect(target, '127.0.0.1');
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.once('close', () => {
        sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    let buffered = Buffer.alloc(0);
    let message: Buffer[] = [];
    client.on('data', (data) => {
      buffered = Buffer.concat([buffered, data]);
      while (buffered.length >= headerBytes && buffered.length >= buffered.readUInt16BE(2)) {
        const length = buffered.readUInt16BE(2);
        if (message.length === 0) counts.resets.push(((buffered[1] ?? 0) & resetConnection) !== 0);
        message.push(buffered.subarray(headerBytes, length));
        if ((buffered[1] ?? 0) & 1) {
          count(counts, buffered[0] ?? 0, Buffer.concat(message));
          message = [];
        }
        buffered = buffered.subarray(length);
      }
    });
    client.pipe(upstream);
    upstream.pipe(client);
  };
  const servers = await Promise.all(
    Array.from({ length: ways }, async () => {
      const server = createServer(serve).listen(0, '127.0.0.1');
      await once(server, 'listening');
      return server;
    }),
  );
  return {
    ports: servers.map((server) => (server.address() as AddressInfo).port),
    counts,
    reset() {
      Object.assign(counts, none());
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await Promise.all(
        servers.map((server) => {
          server.close();
          return once(server, 'close');
        }),
      );
    },
  };
}

function count(counts: TdsCounts, type: number, payload: Buffer): void {
  if (type !== rpc) {
    counts.others += 1;
    return;
  }
  // After the headers: the length of the name in characters, 0xffff for a numbered procedure.
  const at = payload.readUInt32LE(0);
  const characters = payload.readUInt16LE(at);
  if (characters !== 0xffff) {
    counts.procedures.push(payload.toString('utf16le', at + 2, at + 2 + characters * 2));
  } else if (payload.includes(Buffer.from('[freshness]', 'utf16le'))) {
    counts.freshness += 1;
  } else {
    counts.others += 1;
  }
}
