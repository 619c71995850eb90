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

import { subscribe } from 'node:diagnostics_channel';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { Readable } from 'node:stream';
import { announce } from '../outgoing.ts';

export const invocationHeader = 'x-ms-invocation-id';

/** The host sends request and invocation at the same moment, and tries for 2 s to connect. */
const patienceMs = 15_000;

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
  fits(request: IncomingMessage): boolean;
}

interface Waiting extends Expectation {
  take(arrival: Arrival): void;
}

/** Requests without an invocation, and invocations without a request, in their order. */
const arrived = new Set<Arrival>();
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
  server.on('clientError', refuseHead);
  const listeners = server.listeners('request') as ((...call: unknown[]) => void)[];
  server.removeAllListeners('request');
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const pass = () => {
      const handed = request.destroyed ? withoutBody(request) : request;
      for (const listener of listeners) listener.call(server, handed, response);
    };
    arrive({ request, response, pass });
  });
});

/**
 * A head that the library's server cannot read: the host lets 32 KiB pass, Node takes 16. Node by
 * itself would cut the connection behind its answer, and where a body is still on its way that
 * takes the answer along. So the rest is read and thrown away until the host has ended.
 */
function refuseHead(error: Error & { code?: string }, socket: Socket): void {
  // Each further piece is announced as an error, too.
  if (!socket.writable) return;
  const line = error.code === 'HPE_HEADER_OVERFLOW' ? headTooLarge : '400 Bad Request';
  socket.setTimeout(lingerMs, () => socket.destroy());
  socket.end(`HTTP/1.1 ${line}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
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
 * @throws Error when it does not come: its client has gone before the host passed it on
 */
export async function admit(expectation: Expectation): Promise<Arrival> {
  const arrival = await next(expectation);
  const { request, response, pass } = arrival;
  request.headers[invocationHeader] = expectation.invocationId;
  announce(expectation.invocationId, response);
  pass();
  return arrival;
}

function arrive(arrival: Arrival): void {
  const waiting = [...expected].find((one) => belongs(arrival, one));
  if (waiting !== undefined) {
    waiting.take(arrival);
    return;
  }
  arrived.add(arrival);
  setTimeout(() => {
    if (arrived.delete(arrival)) refuse(arrival);
  }, patienceMs).unref();
}

function next(expectation: Expectation): Promise<Arrival> {
  const there = [...arrived].find((arrival) => belongs(arrival, expectation));
  if (there !== undefined) {
    arrived.delete(there);
    return Promise.resolve(there);
  }
  const { promise, resolve, reject } = Promise.withResolvers<Arrival>();
  const waiting: Waiting = {
    ...expectation,
    take(arrival) {
      clearTimeout(timer);
      expected.delete(waiting);
      resolve(arrival);
    },
  };
  const timer = setTimeout(() => {
    expected.delete(waiting);
    const why = 'its client has gone, or has named the call itself and hidden that';
    reject(new Error(`The request of this call has not come: ${why}`));
  }, patienceMs);
  expected.add(waiting);
  return promise;
}

/** Of several that a client has named alike any will do: each is answered by what it says itself. */
function belongs({ request }: Arrival, { invocationId, clientsName, fits }: Expectation): boolean {
  const name = request.headers[invocationHeader];
  if (name === invocationId) return true;
  return clientsName !== undefined && oneValue(name) === oneValue(clientsName) && fits(request);
}

/** A header that came several times is one value, whoever joined it. */
function oneValue(value: string | string[] | undefined): string {
  return String(value)
    .split(/\s*,\s*/)
    .join();
}

/** Its invocation cannot be told: a client has named it, and has hidden that from us as well. */
function refuse({ response }: Arrival): void {
  if (response.destroyed) return;
  const text = `The header ${invocationHeader} is the host's own: leave it out.`;
  response
    .writeHead(400, {
      'content-type': 'text/plain; charset=utf-8',
      'x-content-type-options': 'nosniff',
    })
    .end(text);
}
