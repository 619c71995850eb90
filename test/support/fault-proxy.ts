/**
 * A proxy in front of Azurite that does to requests what networks and a busy storage service do.
 * An app whose connection string points to it cannot tell: shared-key signatures do not cover the
 * host. What happens to a request is decided when its body is there, by whoever runs the test.
 */

import { EventEmitter, on } from 'node:events';
import {
  Agent,
  createServer,
  request as httpRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';

/** `until`: milliseconds, or an event of the test's. */
type Until = number | Promise<unknown>;

export type Fault =
  /**
   * Answered by the service without doing anything: throttled (429), broken (500), busy (503), or
   * a refusal for good (403).
   */
  | { kind: 'status'; status: 400 | 403 | 429 | 500 | 503 }
  /** The connection breaks before the service has the request. */
  | { kind: 'reset' }
  /** The service does it; the connection breaks before the first byte of the answer. */
  | { kind: 'lost answer' }
  /** The service does it; the connection breaks in the middle of the answer's body. */
  | { kind: 'cut answer'; after?: Promise<unknown> }
  /** The service does it; the middle of the answer's body is held back. */
  | { kind: 'stalled answer'; until: Until }
  /** The service does it; the answer comes late. */
  | { kind: 'slow'; until: Until }
  /** The service gets it late, even where the client has given up by then. */
  | { kind: 'late'; until: Until };

export interface ProxiedRequest {
  /** From 1, over both services. */
  number: number;
  service: 'blob' | 'queue';
  /** What it does, without ids: `PUT ?comp=lease&action=acquire locks/sync/dcdb`. */
  operation: string;
  method: string;
  /** Below the account, decoded: `syncboard/locks/sync/dcdb`. */
  path: string;
  query: URLSearchParams;
  headers: IncomingHttpHeaders;
  fault: Fault['kind'] | 'outage' | undefined;
  /** What the service answered; absent as long as it has not, or was not asked. */
  status?: number;
}

/** undefined: the request goes through. */
export type Decide = (request: ProxiedRequest) => Fault | undefined;

export interface FaultProxy {
  /** Azurite's, by way of the proxy. */
  connectionString: string;
  /** Decides for every request from now on. */
  decide: Decide;
  /** Everything that came, in order. */
  requests: readonly ProxiedRequest[];
  /** Breaks every connection and refuses new ones until `end` is called. */
  outage(): { end(): void };
  /** Resolves with the next request that the service has answered, and that is such a one. */
  answered(is: (request: ProxiedRequest) => boolean): Promise<ProxiedRequest>;
  /** Resolves when the service has answered everything it was handed, late requests included. */
  idle(): Promise<void>;
  close(): Promise<void>;
}

/** @param connectionString Azurite's, with explicit endpoints on this machine */
export async function startFaultProxy(connectionString: string): Promise<FaultProxy> {
  const requests: ProxiedRequest[] = [];
  const forwarding = new Set<Promise<unknown>>();
  const agent = new Agent({ keepAlive: true });
  const servers: Server[] = [];
  const answers = new EventEmitter<{ answer: [ProxiedRequest] }>();
  let outages = 0;

  async function handle(
    service: ProxiedRequest['service'],
    port: number,
    incoming: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const body = await readAll(incoming);
    const request = describe(requests.length + 1, service, incoming);
    const fault = outages > 0 ? undefined : proxy.decide(request);
    request.fault = outages > 0 ? 'outage' : fault?.kind;
    requests.push(request);
    if (request.fault === 'outage' || fault?.kind === 'reset')
      return void incoming.socket.destroy();
    if (fault?.kind === 'status') return refuse(response, fault.status);
    const waits = fault?.kind === 'late' ? passed(fault.until) : undefined;
    const forwarded = forward(agent, port, incoming, body, waits);
    forwarding.add(forwarded);
    const answer = await forwarded.finally(() => forwarding.delete(forwarded));
    request.status = answer.status;
    answers.emit('answer', request);
    if (fault?.kind === 'lost answer') return void incoming.socket.destroy();
    if (fault?.kind === 'slow') await passed(fault.until);
    if (outages > 0) return void incoming.socket.destroy();
    response.writeHead(answer.status, answer.headers);
    const isCut = fault?.kind === 'cut answer' || fault?.kind === 'stalled answer';
    if (!isCut) return void response.end(answer.body);
    const half = Math.floor(answer.body.length / 2);
    if (half > 0) await written(response, answer.body.subarray(0, half));
    else response.flushHeaders();
    if (fault.kind === 'cut answer') {
      await fault.after;
      return void incoming.socket.destroy();
    }
    await passed(fault.until);
    response.end(answer.body.subarray(half));
  }

  async function listen(service: ProxiedRequest['service'], port: number): Promise<number> {
    const server = createServer({ keepAliveTimeout: 60_000 }, (incoming, response) => {
      response.on('error', () => {});
      handle(service, port, incoming, response).catch(() => incoming.socket.destroy());
    });
    server.on('connection', (socket) => {
      if (outages > 0) socket.destroy();
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return (server.address() as AddressInfo).port;
  }

  const endpoint = /(Blob|Queue)Endpoint=http:\/\/127\.0\.0\.1:(\d+)\//g;
  let proxied = connectionString;
  for (const [whole, name, port] of connectionString.matchAll(endpoint)) {
    const own = await listen(name === 'Blob' ? 'blob' : 'queue', Number(port));
    proxied = proxied.replace(whole, whole.replace(`:${port}/`, `:${own}/`));
  }

  const proxy: FaultProxy = {
    connectionString: proxied,
    decide: () => undefined,
    requests,
    outage() {
      outages += 1;
      for (const server of servers) server.closeAllConnections();
      let ended = false;
      return {
        end() {
          if (!ended) outages -= 1;
          ended = true;
        },
      };
    },
    async answered(is) {
      for await (const [request] of on(answers, 'answer')) if (is(request)) return request;
      throw new Error('the answers never end');
    },
    async idle() {
      while (forwarding.size > 0) await Promise.allSettled(forwarding);
    },
    async close() {
      const closed = servers.map((server) => new Promise((resolve) => server.close(resolve)));
      for (const server of servers) server.closeAllConnections();
      await Promise.all(closed);
      await proxy.idle();
      agent.destroy();
    },
  };
  return proxy;
}

function describe(
  number: number,
  service: ProxiedRequest['service'],
  incoming: IncomingMessage,
): ProxiedRequest {
  const { pathname, searchParams: query } = new URL(incoming.url ?? '/', 'http://proxy');
  const method = incoming.method ?? '';
  const { headers } = incoming;
  const path = decodeURIComponent(pathname).replace(/^\/[^/]*\/?/, '');
  const detail = [query.get('comp'), headers['x-ms-lease-action']].filter(Boolean).join(' ');
  const name = path.replace(/^[^/]*\//, '').replace(/(runs|cancellations)\/.*/, '$1/*');
  const operation = [method, detail, name.replace(/messages\/.*/, 'messages/*')].join(' ');
  return { number, service, operation, method, path, query, headers, fault: undefined };
}

async function readAll(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

/** Never aborted: what was handed over, the service does. */
async function forward(
  agent: Agent,
  port: number,
  { method, url, headers }: IncomingMessage,
  body: Buffer,
  waits: Promise<unknown> | undefined,
): Promise<Answer> {
  await waits;
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const outgoing = httpRequest(
    {
      agent,
      host: '127.0.0.1',
      port,
      method,
      path: url,
      headers: { ...headers, connection: 'keep-alive' },
    },
    (answer) => {
      readAll(answer).then((whole) => {
        const { connection: _, 'transfer-encoding': __, ...kept } = answer.headers;
        const length = method === 'HEAD' ? {} : { 'content-length': String(whole.length) };
        resolve({ status: answer.statusCode ?? 0, headers: { ...kept, ...length }, body: whole });
      }, reject);
    },
  );
  outgoing.on('error', reject);
  outgoing.end(body);
  return promise;
}

/** As the service words it; the SDK reads the code from the header. */
function refuse(response: ServerResponse, status: number): void {
  const codes: Record<number, string> = { 403: 'AuthorizationFailure', 500: 'InternalError' };
  const code = codes[status] ?? 'ServerBusy';
  response.writeHead(status, { 'x-ms-error-code': code, 'content-type': 'application/xml' });
  response.end(
    `<?xml version="1.0"?><Error><Code>${code}</Code><Message>Injected.</Message></Error>`,
  );
}

function written(response: ServerResponse, part: Buffer): Promise<void> {
  return new Promise((resolve) => response.write(part, () => resolve()));
}

/** A stalled test must not hold its process. */
function passed(until: Until): Promise<unknown> {
  if (typeof until !== 'number') return until;
  return new Promise((resolve) => setTimeout(resolve, until).unref());
}
