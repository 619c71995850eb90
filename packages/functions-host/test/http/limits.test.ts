/** The limits of the real host's web server, by a clock of the test's own. */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { after, type TestContext, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { BodyError, readDeclaredBody, watchBody } from '../../src/http/body.ts';
import { answer } from '../../src/http/headers.ts';
import { headersMs, keepAliveMs } from '../../src/http/limits.ts';
import { createWebServer } from '../../src/http/web-server.ts';

type Handler = (request: IncomingMessage, response: ServerResponse) => unknown;

let handler: Handler;
const server = createWebServer((request, response) => void handler(request, response));
await once(server.listen(0, '127.0.0.1'), 'listening');
after(() => {
  server.closeAllConnections();
  server.close();
});

/** A raw connection, and what has come over it. */
interface Client {
  socket: Socket;
  text(): string;
  /** Resolves once the text fits. */
  seen(expression: RegExp): Promise<void>;
  closed: Promise<unknown>;
}

function client(t: TestContext, head: string): Client {
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  t.after(() => socket.destroy());
  let text = '';
  socket.on('data', (chunk) => {
    text += chunk;
  });
  socket.on('error', () => {});
  socket.write(head);
  return {
    socket,
    text: () => text,
    async seen(expression) {
      while (!expression.test(text)) await once(socket, 'data');
    },
    closed: once(socket, 'close'),
  };
}

/** Reads the body as the host does, and says how far it came. */
function reading(): { began: Promise<IncomingMessage>; body: Promise<Buffer | undefined> } {
  const began = Promise.withResolvers<IncomingMessage>();
  const body = Promise.withResolvers<Buffer | undefined>();
  handler = (request, response) => {
    const read = readDeclaredBody(request, response);
    read.then(body.resolve, body.reject);
    read.then(
      () => answer(response, 204),
      ({ status }: BodyError) => answer(response, status, { connection: 'close' }),
    );
    began.resolve(request);
  };
  return { began: began.promise, body: body.promise };
}

const post = (length: number, more = '') =>
  `POST / HTTP/1.1\r\nHost: x\r\n${more}Content-Length: ${length}\r\n\r\n`;

test('a body that stops coming: given up after the time of grace, and the connection is cut', async (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] });
  const { began, body } = reading();
  const { seen, closed } = client(t, `${post(2_000)}abc`);
  await began;
  t.mock.timers.tick(5_000);
  const slow = assert.rejects(body, (error: Error) => {
    assert.ok(error instanceof BodyError);
    assert.match(error.message, /arriving too slowly. See MinRequestBodyDataRate/);
    return true;
  });
  t.mock.timers.tick(1_000);
  await slow;
  await seen(/^HTTP\/1.1 408 .*connection: close/is);
  await closed;
});

for (const { rate, isTaken } of [
  { rate: 240, isTaken: true },
  { rate: 239, isTaken: false },
]) {
  test(`a body of ${rate} bytes a second is ${isTaken ? 'taken' : 'refused'}`, async (t) => {
    t.mock.timers.enable({ apis: ['setInterval'] });
    const { began, body } = reading();
    const seconds = 20;
    const { socket } = client(t, post(rate * seconds));
    const request = await began;
    let refusedAt: number | undefined;
    for (let second = 1; second <= seconds && refusedAt === undefined; second += 1) {
      socket.write('x'.repeat(rate));
      await once(request, 'data');
      const ended = Promise.race([body, setImmediate()]);
      t.mock.timers.tick(1_000);
      await ended.catch(() => {
        refusedAt = second;
      });
    }
    assert.equal(refusedAt, isTaken ? undefined : 6);
    if (isTaken) assert.equal((await body)?.length, rate * seconds);
  });
}

test('the time in which the reader is not ready does not count', async (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] });
  const began = Promise.withResolvers<IncomingMessage>();
  const failed: BodyError[] = [];
  handler = (request, response) => {
    watchBody(request, response, (error) => failed.push(error));
    began.resolve(request);
  };
  client(t, post(10));
  const request = await began.promise;
  request.pause();
  t.mock.timers.tick(600_000);
  assert.deepEqual(failed, []);
  request.resume();
  t.mock.timers.tick(6_000);
  assert.equal(failed.length, 1);
});

test('a body larger than 100 MiB by its head: refused unread', async (t) => {
  const { body } = reading();
  const { seen, closed } = client(t, post(104_857_601));
  await assert.rejects(body, /too large. The max request body size is 104857600 bytes/);
  await seen(/^HTTP\/1.1 413 /);
  await closed;
});

test('a chunked body larger than 100 MiB: refused when it is', async (t) => {
  const failed = Promise.withResolvers<BodyError>();
  handler = (request, response) => watchBody(request, response, failed.resolve);
  const { socket } = client(t, 'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n');
  const mebibyte = Buffer.concat([
    Buffer.from('100000\r\n'),
    Buffer.alloc(1 << 20),
    Buffer.from('\r\n'),
  ]);
  for (let sent = 0; sent <= 100; sent += 1) {
    if (!socket.write(mebibyte)) await once(socket, 'drain');
  }
  assert.match((await failed.promise).message, /too large/);
});

test('leave to send a body comes when somebody wants it', async (t) => {
  const { body } = reading();
  const wanted = client(t, post(3, 'Expect: 100-continue\r\n'));
  await wanted.seen(/^HTTP\/1.1 100 Continue\r\n\r\n$/);
  wanted.socket.write('abc');
  assert.equal(String(await body), 'abc');
  await wanted.seen(/HTTP\/1.1 204 /);
  handler = (_, response) => answer(response, 404);
  const unwanted = client(t, post(3, 'Expect: 100-continue\r\n'));
  await unwanted.seen(/^HTTP\/1.1 404 /);
});

test('other expectations are passed over', async (t) => {
  const { body } = reading();
  const { seen } = client(t, `${post(3, 'Expect: the best\r\n')}abc`);
  assert.equal(String(await body), 'abc');
  await seen(/^HTTP\/1.1 204 /);
});

test('what is left of a body that nobody wanted: awaited for 5 s, then the connection is cut', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  handler = (_, response) => answer(response, 404);
  const patient = client(t, `${post(6)}abc`);
  await patient.seen(/^HTTP\/1.1 404 /);
  t.mock.timers.tick(4_999);
  patient.socket.write(`abc${post(0)}`);
  await patient.seen(/404.*404/s);
  t.mock.timers.tick(1);
  patient.socket.write(post(0));
  await patient.seen(/404.*404.*404/s);

  const short = client(t, `${post(6)}abc`);
  await short.seen(/^HTTP\/1.1 404 /);
  t.mock.timers.tick(5_000);
  await short.closed;
});

for (const [what, head, status] of [
  ['a request line of 8 KiB', `GET /${'a'.repeat(8_192 - 16)} HTTP/1.1\r\n`, 204],
  ['a longer one', `GET /${'a'.repeat(8_192 - 15)} HTTP/1.1\r\n`, 414],
  ['headers of 20 KB', `GET / HTTP/1.1\r\nX: ${'a'.repeat(20_000)}\r\n`, 204],
  ['headers of 50 KB', `GET / HTTP/1.1\r\nX: ${'a'.repeat(50_000)}\r\n`, 431],
  ['a hundred headers', `GET / HTTP/1.1\r\n${'X: a\r\n'.repeat(99)}`, 204],
  ['one more', `GET / HTTP/1.1\r\n${'X: a\r\n'.repeat(100)}`, 431],
  ['two hosts', 'GET / HTTP/1.1\r\nHost: y\r\n', 400],
  ['CONNECT', 'CONNECT x:80 HTTP/1.1\r\n', 404],
  ['HTTP/1.0', 'GET / HTTP/1.0\r\n', 204],
  ['HTTP/1.0 with a body of no length', 'POST / HTTP/1.0\r\n', 400],
] as const) {
  test(`${what}: ${status}`, async (t) => {
    handler = (_, response) => answer(response, 204);
    await client(t, `${head}Host: x\r\n\r\n`).seen(new RegExp(`^HTTP/1.1 ${status} `));
  });
}

test('a head has 30 s, a kept connection 130 s, a whole request as long as it likes', () => {
  const { headersTimeout, keepAliveTimeout, requestTimeout } = server;
  assert.deepEqual(
    { headersTimeout, keepAliveTimeout, requestTimeout },
    { headersTimeout: headersMs, keepAliveTimeout: keepAliveMs, requestTimeout: 0 },
  );
});

test('a head that does not end: 408', async (t) => {
  server.headersTimeout = 50;
  t.after(() => {
    server.headersTimeout = headersMs;
  });
  const { seen, closed } = client(t, 'GET / HTTP/1.1\r\nHost: x\r\n');
  await seen(/^HTTP\/1.1 408 .*connection: close/is);
  await closed;
});
