/** The way from the host to the app's own HTTP server. */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { after, before, test } from 'node:test';
import { createForwarder, type Forwarder } from '../../../../local/host/http/forward.ts';

/** Answers the first request of a connection and breaks it off at the second. */
const app: Server = createServer((request, response) => {
  const { socket } = request;
  if (answered.has(socket)) return void socket.resetAndDestroy();
  answered.add(socket);
  request.pipe(response);
});
const answered = new Set<Socket>();
let forwarder: Forwarder;
const failures: unknown[] = [];
const front: Server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const body = chunks.length > 0 ? Buffer.concat(chunks) : undefined;
    const exchange = { request, response, body, invocationId: 'x' };
    forwarder
      .forward({ ...exchange, path: '/', signal: new AbortController().signal })
      .catch((error) => failures.push(error));
  });
});

before(async () => {
  for (const server of [app, front]) await once(server.listen(0, '127.0.0.1'), 'listening');
  forwarder = createForwarder(address(app));
});
after(() => {
  forwarder.close();
  front.close();
  app.close();
});

function address(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test('a kept connection that the app has closed meanwhile costs no request', async () => {
  for (const body of ['first', 'second', undefined, undefined, 'third']) {
    const method = body === undefined ? 'GET' : 'POST';
    const reply = await fetch(address(front), { method, ...(body && { body }) });
    assert.deepEqual([reply.status, await reply.text()], [200, body ?? '']);
  }
  assert.deepEqual(failures, []);
  assert.ok(answered.size > 1);
});
