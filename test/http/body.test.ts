import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { after, before, test } from 'node:test';
import functions, { type HttpResponse } from '@azure/functions';
import { json } from '../../shared/http/answer.ts';
import { readJsonObject } from '../../shared/http/body.ts';
import { httpHandler } from '../../shared/http/handler.ts';

/** Milliseconds a body may take in these tests. */
const deadlineMilliseconds = 300;

const handlerWithin = (deadline: number) =>
  httpHandler({
    methods: {
      POST: async (request, _context, call) => {
        const limit = request.headers.get('x-limit');
        const options = limit === null ? {} : { limit: Number(limit) };
        return json(await readJsonObject(request, call, options));
      },
    },
    identify: () => undefined,
    queryOf: () => [],
    refusals: 'text',
    isStorageAway: () => false,
    deadlineMilliseconds: deadline,
  });
/** At /patient: for bodies that come to their end, however busy the machine is. */
const handlers = { '/': handlerWithin(deadlineMilliseconds), '/patient': handlerWithin(60_000) };

/** Between client and handler what the worker has with HTTP streams on: createStreamRequest. */
const server = http.createServer(async (incoming, outgoing) => {
  const nativeRequest = new Request('http://localhost/', {
    method: incoming.method ?? 'GET',
    headers: Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]),
    body: incoming as unknown as ReadableStream,
    duplex: 'half',
  });
  const init = { url: nativeRequest.url, nativeRequest };
  const context = new functions.InvocationContext({ logHandler: () => {} });
  const handler = handlers[incoming.url as '/' | '/patient'];
  const response = (await handler(new functions.HttpRequest(init), context)) as HttpResponse;
  outgoing.writeHead(response.status, Object.fromEntries(response.headers));
  outgoing.end(await response.text());
});
const sockets = new Set<Socket>();

before(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
after(() => {
  for (const socket of sockets) socket.destroy();
  server.closeAllConnections();
  server.close();
});

function url(path = '/patient'): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`;
}

/** A client that sends all of `chunks` before it reads anything, as many do. */
async function sendFirst(
  chunks: Iterable<string>,
  { end = '0\r\n\r\n', path = '/patient' } = {},
): Promise<string> {
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  sockets.add(socket);
  socket.pause();
  await once(socket, 'connect');
  socket.write(
    `POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n`,
  );
  for (const chunk of chunks) {
    const length = Buffer.byteLength(chunk).toString(16);
    if (!socket.write(`${length}\r\n${chunk}\r\n`)) await once(socket, 'drain');
  }
  socket.write(end);
  const [answer] = await once(socket.resume(), 'data');
  socket.destroy();
  return String(answer);
}

test('a body in pieces, UTF-8 split in the middle of a character', async () => {
  const bytes = Buffer.from('{"user":"оператор"}');
  const body = new ReadableStream({
    start(controller) {
      for (const byte of bytes) controller.enqueue(Uint8Array.of(byte));
      controller.close();
    },
  });
  const reply = await fetch(url(), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
    duplex: 'half',
  });
  assert.equal(reply.status, 200);
  assert.deepEqual(await reply.json(), { user: 'оператор' });
});

test('up to 64 KiB is taken, one byte more is not', async () => {
  for (const [length, status] of [
    [64 * 1024, 200],
    [64 * 1024 + 1, 413],
  ] as const) {
    const body = `{"user":"${'u'.repeat(length - 11)}"}`;
    assert.equal(body.length, length);
    const headers = { 'content-type': 'application/json' };
    const reply = await fetch(url(), { method: 'POST', headers, body });
    assert.equal(reply.status, status);
  }
});

test('2 MB without a length: the refusal reaches a client that sends everything first', async () => {
  const arrived = once(server, 'request');
  const answer = await sendFirst(Array.from({ length: 32 }, () => 'x'.repeat(64 * 1024)));
  const [incoming] = await arrived;
  assert.equal(incoming.complete, true);
  assert.match(answer, /^HTTP\/1\.1 413 /);
  assert.match(answer, /Request body is larger than 65536 bytes\./);
});

test('2 MB that never end: too large, even if the time is over as well', async () => {
  const answer = await sendFirst(
    Array.from({ length: 32 }, () => 'x'.repeat(64 * 1024)),
    { end: '', path: '/' },
  );
  assert.match(answer, /^HTTP\/1\.1 413 /);
});

test('a length beyond all reason is refused before a byte of it has come', async () => {
  const request = http.request(url(), {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'content-length': 1e12 },
  });
  request.on('error', () => {});
  request.flushHeaders();
  const [reply] = await once(request, 'response');
  assert.equal(reply.statusCode, 413);
  request.destroy();
});

test('an endless body is given up', async () => {
  const request = http.request(url('/'), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
  });
  request.on('error', () => {});
  const chunk = Buffer.alloc(64 * 1024, 0x20);
  let sent = 0;
  const push = () => {
    while (!request.destroyed && request.write(chunk)) sent += chunk.length;
    request.once('drain', push);
  };
  push();
  const [reply] = await once(request, 'response');
  request.destroy();
  assert.equal(reply.statusCode, 413);
  assert.ok(sent < 64 * 1024 * 1024);
});

test('a body that stops coming: 408, and the connection is still there to say so', async () => {
  const request = http.request(url('/'), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
  });
  request.on('error', () => {});
  request.write('{"user":');
  const [reply] = await once(request, 'response');
  request.destroy();
  assert.equal(reply.statusCode, 408);
});

test('a client that leaves in the middle harms nobody', async () => {
  const request = http.request(url(), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
  });
  request.on('error', () => {});
  const arrived = once(server, 'request');
  request.write('{"user":');
  const [incoming] = await arrived;
  const closed = new Promise((resolve) => incoming.once('close', resolve));
  request.destroy();
  await closed;
  const reply = await fetch(url(), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{}',
  });
  assert.equal(reply.status, 200);
});

const hostile: Array<[what: string, body: string, answer: string]> = [
  [
    'brackets that open',
    `{"user":${'['.repeat(60_000)}`,
    'Request body is more than 64 lists and objects deep: see line 1, column 72.',
  ],
  [
    '64 KiB of brackets',
    '['.repeat(64 * 1024),
    'Request body is more than 64 lists and objects deep: see line 1, column 65.',
  ],
  ['a slip', '{"user":\n tru}', 'Request body is not valid JSON: see line 2, column 2.'],
  [
    'a key twice',
    '{"user":\n{"a": 1, "\\u0061": 2}}',
    'Request body has a key twice in one object: see line 2, column 10.',
  ],
  ['no object', '[1]', 'Request body is not a JSON object.'],
  ['nothing', '', 'Request body is not valid JSON: see line 1, column 1.'],
];
for (const [what, body, answer] of hostile) {
  test(`${what}: ${answer}`, async () => {
    const headers = { 'content-type': 'application/json' };
    const reply = await fetch(url(), { method: 'POST', headers, body });
    assert.equal(reply.status, 400);
    assert.equal(await reply.text(), `${answer}\n`);
  });
}

test('64 deep is taken', async () => {
  const body = `{"a":${'['.repeat(63)}${']'.repeat(63)}}`;
  const headers = { 'content-type': 'application/json' };
  assert.equal((await fetch(url(), { method: 'POST', headers, body })).status, 200);
});

test('100,000 values are taken, one more is not', async () => {
  for (const [count, status] of [
    [99_998, 200],
    [99_999, 400],
  ] as const) {
    const body = `{"a":[${'1,'.repeat(count - 1)}1]}`;
    const headers = { 'content-type': 'application/json', 'x-limit': '4000000' };
    const reply = await fetch(url(), { method: 'POST', headers, body });
    assert.equal(reply.status, status);
    if (status === 400) assert.match(await reply.text(), /has more than 100000 values: see line 1/);
  }
});

test('bytes that are no UTF-8 are refused', async () => {
  const reply = await fetch(url(), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]),
  });
  assert.equal(reply.status, 400);
  assert.equal(await reply.text(), 'Request body is not UTF-8.\n');
});

for (const [encoding, status] of [
  ['gzip', 415],
  ['br, gzip', 415],
  ['identity', 200],
  ['Identity', 200],
] as const) {
  test(`a body in Content-Encoding ${encoding} is ${status}`, async () => {
    const headers = { 'content-type': 'application/json', 'content-encoding': encoding };
    const reply = await fetch(url(), { method: 'POST', headers, body: '{}' });
    assert.equal(reply.status, status);
    assert.equal(reply.headers.get('accept-encoding'), status === 415 ? 'identity' : null);
    if (status === 415) assert.equal(await reply.text(), 'Request body must not be encoded.\n');
  });
}
