/** Headers on their way through the host. */

import type { IncomingMessage, ServerResponse } from 'node:http';

/** Of one connection only (RFC 9110, 7.6.1); `expect` is answered by this host itself. */
const ofOneHop = new Set([
  'connection',
  'expect',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** Name and value, in the order and spelling of the wire, without those of one hop. */
export function forwardedHeaders(message: IncomingMessage): [string, string][] {
  const named = new Set(
    (message.headers.connection ?? '').split(',').map((name) => name.trim().toLowerCase()),
  );
  const pairs: [string, string][] = [];
  for (let index = 0; index < message.rawHeaders.length; index += 2) {
    const [name = '', value = ''] = message.rawHeaders.slice(index, index + 2);
    const key = name.toLowerCase();
    if (!ofOneHop.has(key) && !named.has(key)) pairs.push([name, value]);
  }
  return pairs;
}

/** Every header as one value, as the worker protocol has them. */
export function joinedHeaders(message: IncomingMessage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(message.headersDistinct).map(([name, values]) => [
      name,
      (values ?? []).join(', '),
    ]),
  );
}

/** Answers without a body. */
export function answer(
  response: ServerResponse,
  status: number,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { ...headers, 'content-length': '0' }).end();
}
