/** An HTTP server whose answers a test scripts, with a log of what it was asked. */

import { once } from 'node:events';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { text } from 'node:stream/consumers';

export interface ScriptedRequest {
  method: string;
  /** Path and query, as sent. */
  url: string;
  headers: IncomingHttpHeaders;
  body: string;
}

export type Reply = (response: ServerResponse, request: ScriptedRequest) => void | Promise<void>;

export interface ScriptedHttp {
  origin: string;
  readonly requests: ScriptedRequest[];
  /** Connections made since the start. */
  readonly connections: number;
  /** Connections that are open now. */
  readonly open: number;
  /** The next requests are answered so, one each; the last one stays for those that follow. */
  script(...replies: Reply[]): void;
  close(): Promise<void>;
}

/** The default is a reply of 500: a test says what it expects. */
export function startScriptedHttp(...replies: Reply[]): Promise<ScriptedHttp> {
  return start(createServer(), 'connection', replies);
}

/** The same behind TLS. */
export function startScriptedHttps(
  tls: { key: string; cert: string },
  ...replies: Reply[]
): Promise<ScriptedHttp> {
  return start(createTlsServer(tls), 'secureConnection', replies);
}

async function start(
  server: Server,
  opened: 'connection' | 'secureConnection',
  first: Reply[],
): Promise<ScriptedHttp> {
  let replies = first;
  let connections = 0;
  const open = new Set<Socket>();
  const requests: ScriptedRequest[] = [];
  server.on('request', async (incoming: IncomingMessage, response: ServerResponse) => {
    const { method = '', url = '', headers } = incoming;
    const request = { method, url, headers, body: await text(incoming) };
    requests.push(request);
    const reply = (replies.length > 1 ? replies.shift() : replies[0]) ?? status(500);
    await reply(response, request);
  });
  server.on(opened, (socket: Socket) => {
    connections += 1;
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    origin: `${opened === 'connection' ? 'http' : 'https'}://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    get connections() {
      return connections;
    },
    get open() {
      return open.size;
    },
    script(...next) {
      replies = next;
    },
    async close() {
      if (!server.listening) return;
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

export function json(body: unknown, code = 200, headers: Record<string, string> = {}): Reply {
  return (response) => {
    response.writeHead(code, { 'content-type': 'application/json', ...headers });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  };
}

export function status(code: number, headers: Record<string, string> = {}): Reply {
  return (response) => {
    response.writeHead(code, headers).end();
  };
}

/** Breaks the connection with a reset, before a word of the answer. */
export const reset: Reply = (response) => {
  response.socket?.resetAndDestroy();
};
