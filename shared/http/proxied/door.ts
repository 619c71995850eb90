/**
 * The requests that the host passes on to the library's own server, each handed to the library
 * when its invocation is known.
 *
 * The library pairs them by the header `x-ms-invocation-id` and waits for ever for one that does
 * not come. The host leaves that header as it is where a client has sent it, so requests are
 * paired here: one that came under a name of its client's is the invocation's whose metadata has
 * that name. The library keeps its server to itself; Node announces the requests, in whose process
 * it runs.
 */

import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { type IncomingMessage, Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { Readable } from 'node:stream';
import { preferred } from '../accept.ts';
import { announce } from '../outgoing.ts';
import { HttpProblem } from '../problem.ts';
import { tooBusy } from '../too-busy.ts';

export const invocationHeader = 'x-ms-invocation-id';

/** The host sends request and invocation at the same moment, and tries for 2 s to connect. */
const patienceMs = 15_000;

/** The host names invocations so, which a client can do as well. */
const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Bytes of a head: the host lets 32 KiB pass and adds its own headers; Node by itself takes 16. */
const headBytes = 64 * 1024;

const headTooLarge = '431 Request Header Fields Too Large';

/** As long as the host's own web server reads on behind an answer that did not want the body. */
const lingerMs = 5_000;

export interface Arrival {
  request: IncomingMessage;
  response: ServerResponse;
  /** Hands the request to the library. */
  pass(): void;
}

/** Which request an invocation waits for. */
export interface Expectation {
  invocationId: string;
  /** What the client sent under the name of the host's own header, as far as it can be seen. */
  clientsName: string | undefined;
  /** Whether a request is one of the invocation's function. */
  fits(request: Pick<IncomingMessage, 'url'>): boolean;
}

/** A request that has come; without an arrival where its head could not be read. */
interface Come {
  head: Pick<IncomingMessage, 'headers' | 'url'>;
  arrival?: Arrival;
}

interface Waiting extends Expectation {
  take(come: Come): void;
}

/** Requests without an invocation, and invocations without a request, in their order. */
const arrived = new Set<Come>();
const expected = new Set<Waiting>();

/** The port of the library's server; undefined: the app does not stream, or has not started. */
let port: number | undefined;
const watched = new WeakSet<Server>();

subscribe('http.server.request.start', (message) => {
  const { server } = message as { server: Server };
  const address = server.address();
  const isProxy = typeof address === 'object' && address !== null && address.port === port;
  if (port === undefined || !isProxy || watched.has(server)) return;
  watched.add(server);
  takeLargeHeads({ server });
  server.on('clientError', refuseHead);
  const listeners = server.listeners('request') as ((...call: unknown[]) => void)[];
  server.removeAllListeners('request');
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const pass = () => {
      const handed = request.destroyed ? withoutBody(request) : request;
      for (const listener of listeners) listener.call(server, handed, response);
    };
    arrive({ head: request, arrival: { request, response, pass } });
  });
});

/** Of the connections that it gets from then on. */
function takeLargeHeads(message: unknown): void {
  const { server } = message as { server: unknown };
  if (server instanceof Server) Object.assign(server, { maxHeaderSize: headBytes });
}

/** The library's server, which is made in `setUp`, takes each head that the host lets pass. */
export async function takingLargeHeads<T>(setUp: () => Promise<T> | T): Promise<T> {
  const channel = 'tracing:net.server.listen:asyncStart';
  subscribe(channel, takeLargeHeads);
  try {
    return await setUp();
  } finally {
    unsubscribe(channel, takeLargeHeads);
  }
}

/**
 * A head that the library's server cannot read: its invocation ends, as far as what can be read
 * names it. Node by itself would cut the connection behind its answer, and where a body is still on
 * its way that takes the answer along. So the rest is read and thrown away until the host has ended.
 */
function refuseHead(error: Error & { code?: string; rawPacket?: Buffer }, socket: Socket): void {
  // Each further piece is announced as an error, too.
  if (!socket.writable) return;
  const line = error.code === 'HPE_HEADER_OVERFLOW' ? headTooLarge : '400 Bad Request';
  socket.setTimeout(lingerMs, () => socket.destroy());
  socket.end(`HTTP/1.1 ${line}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
  const head = error.rawPacket?.toString('latin1') ?? '';
  const name = new RegExp(`^${invocationHeader}:[ \\t]*(.*?)[ \\t]*\r?$`, 'im').exec(head)?.[1];
  const url = /^\S+ (\S+) /.exec(head)?.[1] ?? '/';
  if (name !== undefined) arrive({ head: { headers: { [invocationHeader]: name }, url } });
}

/** Of a client who has gone: the library fails, and the host logs it, over a body that is broken. */
function withoutBody(request: IncomingMessage): IncomingMessage {
  const { headers, method, url } = request;
  return Object.assign(Readable.from([]), { headers, method, url }) as unknown as IncomingMessage;
}

/** @param uri of the library's server, as it tells the host: `HttpUri` of its capabilities */
export function openDoor(uri: string): void {
  port = Number(new URL(uri).port);
}

/**
 * The request of an invocation, handed to the library under the invocation's id.
 *
 * @throws Error when it does not come: its client has gone before the host passed it on, or its
 *   head cannot be read
 */
export async function admit(expectation: Expectation): Promise<Arrival> {
  const { arrival } = await next(expectation);
  if (arrival === undefined) throw new Error('The head of this request cannot be read');
  const { request, response, pass } = arrival;
  request.headers[invocationHeader] = expectation.invocationId;
  announce(expectation.invocationId, response);
  pass();
  return arrival;
}

function arrive(come: Come): void {
  const waiting = [...expected].find((one) => belongs(come, one));
  if (waiting !== undefined) {
    waiting.take(come);
    return;
  }
  arrived.add(come);
  setTimeout(() => {
    if (arrived.delete(come) && come.arrival !== undefined) refuse(come.arrival);
  }, patienceMs).unref();
}

function next(expectation: Expectation): Promise<Come> {
  const there = [...arrived].find((come) => belongs(come, expectation));
  if (there !== undefined) {
    arrived.delete(there);
    return Promise.resolve(there);
  }
  const { promise, resolve, reject } = Promise.withResolvers<Come>();
  const waiting: Waiting = {
    ...expectation,
    take(come) {
      clearTimeout(timer);
      expected.delete(waiting);
      resolve(come);
    },
  };
  const timer = setTimeout(() => {
    expected.delete(waiting);
    const why =
      'its client has gone, this worker has too much to do, or the call has a name of its client’s';
    reject(new Error(`The request of this call has not come in ${patienceMs / 1000} s: ${why}`));
  }, patienceMs);
  expected.add(waiting);
  return promise;
}

/** Of several that a client has named alike any will do: each is answered by what it says itself. */
function belongs({ head }: Come, { invocationId, clientsName, fits }: Expectation): boolean {
  const name = head.headers[invocationHeader];
  if (name === invocationId) return true;
  return clientsName !== undefined && oneValue(name) === oneValue(clientsName) && fits(head);
}

/** A header that came several times is one value, whoever joined it. */
function oneValue(value: string | string[] | undefined): string {
  return String(value)
    .split(/\s*,\s*/)
    .join();
}

/**
 * Its invocation cannot be told. A name that is none of the host's is its client's, who has hidden
 * that from us as well; under one that may be the host's the invocation has not begun in time.
 */
function refuse({ request, response }: Arrival): void {
  if (response.destroyed) return;
  const isPerhapsOurs = guid.test(String(request.headers[invocationHeader]));
  const problem = isPerhapsOurs ? tooBusy() : named();
  const isJson = preferred(request.headers.accept ?? null, 'json') === 'json';
  const type = isJson ? 'application/problem+json' : 'text/plain';
  response
    .writeHead(problem.status, {
      ...problem.headers,
      'cache-control': 'no-store',
      'content-type': `${type}; charset=utf-8`,
      'x-content-type-options': 'nosniff',
    })
    .end(`${isJson ? JSON.stringify(problem.document()) : problem.message}\n`);
}

function named(): HttpProblem {
  const text = `The header ${invocationHeader} is the host's own: leave it out.`;
  return new HttpProblem('invalid-value', text);
}
