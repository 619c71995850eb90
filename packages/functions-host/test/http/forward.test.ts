/** The way from the host to the app's own HTTP server, whose connections fail at any moment. */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, createServer as createGate, type Server, type Socket } from 'node:net';
import { after, before, beforeEach, test } from 'node:test';
import { createForwarder, type Forwarder } from '../../src/http/forward.ts';

/** Methods and bodies, as the app has seen them. */
let seen: string[] = [];
let breaksOff = false;
const app = createServer(async (request, response) => {
  const text = (await request.toArray()).join('');
  seen.push(`${request.method} ${text}`);
  if (breaksOff) response.destroy();
  else response.end(text);
});

/** What becomes of new connections to the app. */
let admit: (socket: Socket) => void;
const kept = new Set<Socket>();
const pass = (socket: Socket): void => {
  kept.add(socket);
  socket.once('close', () => kept.delete(socket));
  app.emit('connection', socket);
};
const gate = createGate((socket) => admit(socket));

let forwarder: Forwarder;
let failures: unknown[] = [];
let meanwhile = (): void => {};
const front = createServer(async (request, response) => {
  const isStreamed = request.headers['transfer-encoding'] !== undefined;
  const body = isStreamed ? undefined : Buffer.concat(await request.toArray());
  const exchange = { request, response, body, invocationId: 'x', path: '/' };
  // In the same turn: nothing of it has reached the forwarder's end of its connections yet.
  meanwhile();
  const signal = new AbortController().signal;
  forwarder.forward({ ...exchange, signal }).catch((error) => failures.push(error));
});

before(async () => {
  for (const server of [gate, front]) await once(server.listen(0, '127.0.0.1'), 'listening');
});
beforeEach(() => {
  forwarder?.close();
  forwarder = createForwarder(`http://127.0.0.1:${port(gate)}`);
  [admit, meanwhile, breaksOff, failures, seen] = [pass, () => {}, false, [], []];
});
after(() => {
  forwarder.close();
  front.close();
  gate.close();
});

function port(server: Server): number {
  return (server.address() as AddressInfo).port;
}

async function send(body?: string): Promise<{ status: number; text: string }> {
  const post = { method: 'POST', body: body ?? '' };
  const reply = await fetch(`http://127.0.0.1:${port(front)}`, body === undefined ? {} : post);
  return { status: reply.status, text: await reply.text() };
}

const closings: [how: string, close: (socket: Socket) => void][] = [
  ['reset', (socket) => socket.resetAndDestroy()],
  ['closed', (socket) => socket.destroy()],
];
for (const [how, close] of closings) {
  for (const body of [undefined, 'once']) {
    test(`kept connections that are ${how} just then cost no ${body ? 'POST' : 'GET'}`, async () => {
      await Promise.all(Array.from({ length: 20 }, () => send('first')));
      assert.ok(kept.size > 1);
      seen = [];
      meanwhile = () => {
        for (const socket of kept) close(socket);
      };
      assert.deepEqual(await send(body), { status: 200, text: body ?? '' });
      assert.deepEqual(seen, [body ? 'POST once' : 'GET ']);
      assert.deepEqual(failures, []);
    });
  }
}

test('nor a body that passes through', async () => {
  await Promise.all(Array.from({ length: 20 }, () => send('first')));
  assert.ok(kept.size > 1);
  meanwhile = () => {
    for (const socket of kept) socket.destroy();
  };
  const body = new ReadableStream({
    start(controller) {
      controller.enqueue(new TextEncoder().encode('piece'));
      controller.close();
    },
  });
  const init = { method: 'POST', body, duplex: 'half' } as const;
  const reply = await fetch(`http://127.0.0.1:${port(front)}`, init);
  assert.deepEqual([reply.status, await reply.text()], [200, 'piece']);
  assert.deepEqual(failures, []);
});

for (const { refusals, status } of [
  { refusals: 3, status: 200 },
  { refusals: 9, status: 200 },
  { refusals: 10, status: 500 },
]) {
  for (const body of [undefined, 'once']) {
    const what = body ? 'POST' : 'GET';
    test(`${refusals} new connections that are broken off at once: ${what} is ${status}`, async () => {
      let refused = 0;
      admit = (socket) => {
        if (refused === refusals) return pass(socket);
        refused += 1;
        socket.resetAndDestroy();
      };
      assert.equal((await send(body)).status, status);
      assert.equal(refused, refusals);
      assert.equal(seen.length, status === 200 ? 1 : 0);
      assert.equal(failures.length, status === 200 ? 0 : 1);
    });
  }
}

test('an app that does not listen for a moment is waited for', async () => {
  const address = port(gate);
  await new Promise((resolve) => gate.close(resolve));
  const answered = send('late');
  setTimeout(() => gate.listen(address, '127.0.0.1'), 400);
  assert.deepEqual(await answered, { status: 200, text: 'late' });
});

test('a request that the app has begun is not sent again: 500', async () => {
  breaksOff = true;
  for (const body of [undefined, 'first', 'second']) {
    assert.deepEqual(await send(body), { status: 500, text: '' });
  }
  assert.deepEqual(seen, ['GET ', 'POST first', 'POST second']);
});
