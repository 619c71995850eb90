/**
 * Stands before a server and does to its requests what networks, other proxies and a server in
 * trouble do. What happens to a request is decided when its body is there.
 */

import {
  Agent,
  createServer,
  request as httpRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';

export type Harm =
  /** The connection breaks before the server has the request. */
  | { kind: 'dropped' }
  /** The server does it; the connection breaks before a word of the answer. */
  | { kind: 'lost answer' }
  /** The connection breaks in the middle of the answer. */
  | { kind: 'broken off' }
  /** Half of the answer comes as if it were whole. */
  | { kind: 'cut' }
  /** A listing brings fewer records than there are, and still tells their number. */
  | { kind: 'few' }
  /** A page for people, with status 200. */
  | { kind: 'garbage' }
  | { kind: 'status'; status: number; retryAfter?: number }
  | { kind: 'slow'; ms: number };

export interface Passing {
  method: string;
  /** Path and query. */
  url: string;
}

export interface HarmfulProxy {
  url: string;
  /** undefined: the request passes. */
  decide(request: Passing): Harm | undefined;
  /** Harm done, by kind; statuses each by itself. */
  readonly done: ReadonlyMap<string, number>;
  close(): Promise<void>;
}

interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

/** @param target where a request goes, asked for each of them; undefined: nobody is there (502) */
export async function startProxy(target: () => string | undefined): Promise<HarmfulProxy> {
  const agent = new Agent({ keepAlive: true });
  const done = new Map<string, number>();
  const server = createServer((incoming, response) => {
    response.on('error', () => {});
    handle(incoming, response).catch(() => incoming.socket.destroy());
  });

  async function handle(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await buffer(incoming);
    const { method = 'GET', url = '/', socket } = incoming;
    const harm = proxy.decide({ method, url });
    if (harm !== undefined) {
      const name = harm.kind === 'status' ? String(harm.status) : harm.kind;
      done.set(name, (done.get(name) ?? 0) + 1);
    }
    if (harm?.kind === 'dropped') return void socket.destroy();
    if (harm?.kind === 'status') return refuse(response, harm.status, harm.retryAfter);
    if (harm?.kind === 'garbage') return void response.end('<html><body>Sign in</body></html>');
    if (harm?.kind === 'slow') await sleep(harm.ms, undefined, { ref: false });
    const origin = target();
    if (origin === undefined) return refuse(response, 502);
    const answer = await forward(agent, new URL(url, origin), incoming, body);
    if (harm?.kind === 'lost answer') return void socket.destroy();
    const given = harm?.kind === 'few' ? withFewer(answer) : answer;
    const half = given.body.subarray(0, Math.floor(given.body.length / 2));
    const sent = harm?.kind === 'cut' ? half : given.body;
    response.writeHead(given.status, { ...given.headers, 'content-length': sent.length });
    if (harm?.kind !== 'broken off') return void response.end(sent);
    response.write(half, () => socket.destroy());
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const proxy: HarmfulProxy = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    decide: () => undefined,
    done,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
      agent.destroy();
    },
  };
  return proxy;
}

function forward(
  agent: Agent,
  url: URL,
  { method, headers }: IncomingMessage,
  body: Buffer,
): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  // Not packed: halves of it are to be read.
  const { connection: _, 'accept-encoding': __, 'transfer-encoding': ___, ...kept } = headers;
  const length = body.length > 0 ? { 'content-length': body.length } : {};
  const outgoing = httpRequest(
    url,
    { agent, method, headers: { ...kept, ...length } },
    (incoming) => {
      buffer(incoming).then((whole) => {
        const { connection: _, 'transfer-encoding': __, ...rest } = incoming.headers;
        resolve({ status: incoming.statusCode ?? 502, headers: rest, body: whole });
      }, reject);
    },
  );
  outgoing.on('error', reject);
  outgoing.end(body);
  return promise;
}

function refuse(response: ServerResponse, status: number, retryAfter?: number): void {
  response.writeHead(status, {
    'content-type': 'application/json',
    ...(retryAfter !== undefined && { 'retry-after': String(retryAfter) }),
  });
  response.end(JSON.stringify({ winstrom: { success: 'false', message: `Chyba ${status}` } }));
}

/** The second half of a listing's records is missing. */
function withFewer(answer: Answer): Answer {
  const { winstrom } = JSON.parse(String(answer.body)) as { winstrom?: Record<string, unknown> };
  if (winstrom?.['@rowCount'] === undefined) return answer;
  const halved = Object.entries(winstrom).map(([name, value]) => [
    name,
    Array.isArray(value) ? value.slice(0, Math.floor(value.length / 2)) : value,
  ]);
  return {
    ...answer,
    body: Buffer.from(JSON.stringify({ winstrom: Object.fromEntries(halved) })),
  };
}
