/** HTTP with JSON, on this machine only, for tests and demos. */

import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Instance } from '../session/instance.ts';
import { ControlError, routes } from './routes.ts';

/** Bodies are a few fields. */
const bodyLimit = 64 * 1024;

export interface ControlServer {
  readonly port: number;
  close(): Promise<void>;
}

export async function startControl(instance: Instance, port: number): Promise<ControlServer> {
  const server = createServer((request, response) => {
    answer(instance, request, response).catch((error: unknown) => {
      const status = error instanceof ControlError ? error.status : 500;
      send(response, status, { error: error instanceof Error ? error.message : String(error) });
    });
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function answer(
  instance: Instance,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://127.0.0.1');
  const path = decodeURIComponent(url.pathname);
  const matching = routes.flatMap((route) => {
    const match = route.path.exec(path);
    return match ? [{ route, argument: match[1] ?? '' }] : [];
  });
  const found = matching.find(({ route }) => route.method === request.method);
  if (!found) {
    if (matching.length === 0)
      throw new ControlError(404, `nothing at ${path}: GET / lists what there is`);
    throw new ControlError(
      405,
      `${request.method} is not for ${path}: use ${matching.map(({ route }) => route.method).join(' or ')}`,
    );
  }
  const body = request.method === 'PUT' ? await readBody(request) : {};
  send(
    response,
    200,
    found.route.run(instance, { argument: found.argument, query: url.searchParams, body }),
  );
}

async function readBody(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += (chunk as Buffer).length;
    if (size > bodyLimit) throw new ControlError(413, `the body is longer than ${bodyLimit} bytes`);
    chunks.push(chunk as Buffer);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    throw new ControlError(400, 'the body is not JSON');
  }
}

/** Bytes as hexadecimal, bigint as text: JSON has neither. */
const replacer = (_: string, value: unknown) => {
  if (typeof value === 'bigint') return String(value);
  return value instanceof Uint8Array ? `0x${Buffer.from(value).toString('hex')}` : value;
};

function send(response: ServerResponse, status: number, body: unknown): void {
  const isText = typeof body === 'string';
  response.writeHead(status, {
    'content-type': isText ? 'text/plain; charset=utf-8' : 'application/json',
  });
  response.end(isText ? body : JSON.stringify(body, replacer));
}
