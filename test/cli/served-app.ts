/** The app's own handlers behind real HTTP, without a host: what the CLI is a client of. */

import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { routes } from '../../functions/routes/index.ts';
import type { App } from '../../shared/app/app.ts';
import type { CompanyMessage } from '../../shared/app/company-message.ts';
import { announce } from '../../shared/http/outgoing.ts';
import { call } from '../functions/app.ts';

export interface ServedApp {
  url: string;
  /** Messages that were put on the queue of companies. */
  polled: CompanyMessage[];
  /** Runs that were put on their queue. */
  queued: string[];
  /** Statuses of answers, as they were sent. */
  statuses: number[];
  close(): void;
}

export async function serveApp(app: App): Promise<ServedApp> {
  const polled: CompanyMessage[] = [];
  const queued: string[] = [];
  const statuses: number[] = [];
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const url = new URL(request.url ?? '/', 'http://app');
    for (const { name, route } of routes) {
      const pattern = new RegExp(`^/${route.replaceAll(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`);
      const found = pattern.exec(url.pathname);
      if (found === null) continue;
      const pairs = Object.entries(found.groups ?? {});
      const params = Object.fromEntries(
        pairs.map(([key, value]) => [key, decodeURIComponent(value)]),
      );
      const text = String(await buffer(request));
      const invocationId = randomUUID();
      announce(invocationId, response);
      const init = {
        ...{ method: request.method ?? 'GET', params },
        query: Object.fromEntries(url.searchParams),
        headers: request.headers as Record<string, string>,
        ...(text !== '' && { body: { string: text } }),
      };
      const reply = await call(app.current, name, init, invocationId);
      if (reply.polled !== undefined) polled.push(reply.polled as CompanyMessage);
      if (reply.queued !== undefined) queued.push(String(reply.queued));
      statuses.push(reply.status);
      const names = ['content-encoding', 'content-type', 'etag', 'location', 'time-zone'];
      for (const header of names) {
        const value = reply.headers.get(header);
        if (value !== null) response.setHeader(header, value);
      }
      response.writeHead(reply.status);
      return void response.end(reply.bytes);
    }
    response.writeHead(404);
    response.end();
  };
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      // That an answer is not as described is told to whoever asked.
      response.writeHead(500, { 'content-type': 'text/plain' });
      response.end(String(error));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    polled,
    queued,
    statuses,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
