/** The built page, and answers of a world that moves when it is told to. */

import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { Readable } from 'node:stream';
import { json } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { buildPage } from '../../demo/build-page.ts';
import { answerTo, connections, definition, help } from './rows.ts';
import { World, type WorldSize } from './world.ts';

export interface PageApp {
  url: string;
  world: World;
  /** A second of the world; whoever waits for it is answered. */
  second(): void;
  /** How many answers were sent, by path. */
  answers: ReadonlyMap<string, number>;
  close(): Promise<void>;
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** @param begunAt the world's first moment, milliseconds since 1970 */
export async function startPageApp(size: WorldSize, begunAt = Date.now()): Promise<PageApp> {
  const folder = await mkdtemp(join(tmpdir(), 'page-'));
  await buildPage(folder);
  const files = new Map<string, Buffer>();
  for (const name of await readdir(folder)) files.set(name, await readFile(join(folder, name)));
  await rm(folder, { recursive: true });

  const world = new World(size, begunAt);
  const waiting = new Set<() => void>();
  const answers = new Map<string, number>();
  const routes: Readonly<Record<string, (query: URLSearchParams) => unknown>> = {
    '/me': () => world.me(),
    '/catalog': () => world.catalog(),
    '/overview': () => world.overview(),
    '/overview/cells': () => world.cells(),
    '/overview/cells/active': () => world.active(),
    '/ages': () => world.ages(),
    '/runs': (query) =>
      world.runs(Number(query.get('limit') ?? 50), query.get('after') ?? undefined),
    '/dynsql': () => connections,
    [`/db/dynsql/${definition.id}/help`]: () => help('db'),
    [`/gen/dynsql/${definition.id}/help`]: () => help('gen'),
    '/boards': () => ({ boards: [] }),
    '/schedules': () => ({ schedules: [] }),
  };

  const moving = new Set(['/overview', '/overview/cells', '/overview/cells/active', '/runs']);
  const etagOf = (path: string) => `"${moving.has(path) ? world.seconds : 0}"`;

  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://page');
    answers.set(pathname, (answers.get(pathname) ?? 0) + 1);
    if (pathname.startsWith('/empty')) {
      const text = emptyPage(searchParams.get('width') ?? '', searchParams.get('height') ?? '');
      send(response, 200, { 'content-type': types['.html'] ?? '' }, Buffer.from(text));
      return;
    }
    const name = pathname === '/' ? 'index.html' : pathname.replace('/page/', '');
    const file = files.get(name);
    if (file !== undefined) {
      const coded = files.get(`${name}.br`);
      const type = types[extname(name)] ?? '';
      const coding = coded && { 'content-encoding': 'br' };
      send(response, 200, { 'content-type': type, ...coding }, coded ?? file);
      return;
    }
    if (pathname.endsWith('/exec')) {
      void sendRows(request, response, size.rows ?? 0);
      return;
    }
    const answer = routes[pathname];
    if (answer === undefined) {
      send(response, 404, { 'content-type': 'application/json' }, Buffer.from('{}'));
      return;
    }
    const tell = () => {
      waiting.delete(tell);
      const etag = etagOf(pathname);
      if (request.headers['if-none-match'] === etag) {
        send(response, 304, { etag }, Buffer.alloc(0));
        return;
      }
      const body = Buffer.from(JSON.stringify(answer(searchParams)));
      send(response, 200, { 'content-type': 'application/json', etag }, body);
    };
    const isHeld =
      searchParams.has('wait') && request.headers['if-none-match'] === etagOf(pathname);
    if (isHeld) {
      waiting.add(tell);
      response.once('close', () => waiting.delete(tell));
    } else tell();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    ...{ url: `http://127.0.0.1:${port}`, world, answers },
    second() {
      world.second();
      for (const tell of [...waiting]) tell();
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** As fast as they are read, and no faster. */
async function sendRows(
  request: IncomingMessage,
  response: ServerResponse,
  rows: number,
): Promise<void> {
  response.writeHead(200, { 'content-type': 'application/json' });
  try {
    await pipeline(Readable.from(answerTo((await json(request)) as object, rows)), response);
  } catch {
    // Whoever asked has heard enough.
  }
}

function send(
  response: ServerResponse,
  status: number,
  headers: Readonly<Record<string, string>>,
  body: Buffer,
): void {
  response.writeHead(status, {
    'cache-control': 'no-cache',
    'time-zone': 'Europe/Prague',
    ...headers,
  });
  response.end(body);
}

/** Nothing but a word in a box that scrolls over that size: what a browser takes for a page without any work. */
function emptyPage(width: string, height: string): string {
  const size = `width:${Number(width)}px;height:${Number(height)}px`;
  return `<!doctype html><html lang="en"><title>empty</title><style>body{margin:0}#box{height:100vh;overflow:auto}#box div{${size}}</style><div id="box"><div>syncboard</div></div></html>`;
}
