/** HTTP with JSON, on this machine only, for tests and demos. */

import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Refusal } from '../../stand-in/http/refusal.ts';
import { CompanyError } from '../company/index.ts';
import { readBody } from '../http/body.ts';
import { type ControlState, routes } from './routes.ts';

export interface ControlServer {
  readonly port: number;
  close(): Promise<void>;
}

export async function startControl(state: ControlState, port: number): Promise<ControlServer> {
  const server = createServer((request, response) => {
    answer(state, request, response).catch((error: unknown) => {
      const known = error instanceof Refusal || error instanceof CompanyError;
      send(response, known ? error.status : 500, {
        error: error instanceof Error ? error.message : String(error),
      });
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
  state: ControlState,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const path = decodeURIComponent(new URL(request.url ?? '/', 'http://127.0.0.1').pathname);
  const matching = routes.flatMap((route) => {
    const match = route.path.exec(path);
    return match ? [{ route, parts: match.slice(1) }] : [];
  });
  if (matching.length === 0)
    throw new Refusal(404, `nothing at ${path}: GET / lists what there is`);
  const found = matching.find(({ route }) => route.method === request.method);
  if (!found) {
    const methods = matching.map(({ route }) => route.method).join(' or ');
    throw new Refusal(405, `${request.method} is not for ${path}: use ${methods}`);
  }
  const body = request.method === 'PUT' ? parse(await readBody(request)) : {};
  send(response, 200, await found.route.run(state, found.parts, body));
}

function parse(text: string): unknown {
  try {
    return text === '' ? {} : JSON.parse(text);
  } catch {
    throw new Refusal(400, 'the body is not JSON');
  }
}

function send(response: ServerResponse, status: number, body: unknown): void {
  const isText = typeof body === 'string';
  response.writeHead(status, {
    'content-type': isText ? 'text/plain; charset=utf-8' : 'application/json',
  });
  response.end(isText ? body : JSON.stringify(body));
}
