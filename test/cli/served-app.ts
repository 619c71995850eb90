/** The app's own handlers behind real HTTP, without a host: what the CLI is a client of. */

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { routes } from '../../functions/routes/index.ts';
import type { App } from '../../shared/app/app.ts';
import type { CompanyMessage } from '../../shared/app/company-message.ts';
import { call } from '../functions/app.ts';

export interface ServedApp {
  url: string;
  /** Messages that were put on the queue of companies. */
  polled: CompanyMessage[];
  close(): void;
}

export async function serveApp(app: App): Promise<ServedApp> {
  const polled: CompanyMessage[] = [];
  const server = createServer(async (request, response) => {
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
      const reply = await call(app.current, name, {
        ...{ method: request.method ?? 'GET', params },
        query: Object.fromEntries(url.searchParams),
        headers: request.headers as Record<string, string>,
        ...(text !== '' && { body: { string: text } }),
      });
      if (reply.polled !== undefined) polled.push(reply.polled as CompanyMessage);
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
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    polled,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
