/** An answer on its way from the app to a client, either of whom breaks off at any moment. */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  request,
  type ServerResponse,
} from 'node:http';
import { type AddressInfo, connect, type Server, type Socket } from 'node:net';
import { after, before, beforeEach, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { ClientGoneError } from '../../src/http/carry.ts';
import { createForwarder, type Forwarder } from '../../src/http/forward.ts';

const kibi = 1024;

let serve: RequestListener;
const app = createServer((...exchange) => serve(...exchange));

let forwarder: Forwarder;
/** The client's side of the host, as the next request comes. */
let begun: PromiseWithResolvers<ServerResponse>;
/** What became of that request. */
let outcome: PromiseWithResolvers<unknown>;
const front = createServer((request, response) => {
  begun.resolve(response);
  const body = request.headers['transfer-encoding'] === undefined ? Buffer.alloc(0) : undefined;
  const { signal } = new AbortController();
  forwarder
    .forward({ request, response, body, invocationId: 'x', path: '/', signal })
    .then(() => outcome.resolve('through'), outcome.resolve);
});

before(async () => {
  for (const server of [app, front]) await once(server.listen(0, '127.0.0.1'), 'listening');
  forwarder = createForwarder(`http://127.0.0.1:${port(app)}`);
});
beforeEach(() => {
  begun = Promise.withResolvers();
  outcome = Promise.withResolvers();
});
after(() => {
  forwarder.close();
  for (const server of [app, front]) {
    server.close();
    server.closeAllConnections();
  }
});

function port(server: Server): number {
  return (server.address() as AddressInfo).port;
}

/** A client that reads nothing. */
function client(): Socket {
  const socket = connect(port(front), '127.0.0.1');
  socket.on('error', () => {});
  socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  return socket;
}

/** Writes until the host can pass on no more, whatever the system between holds. */
async function fill(answer: ServerResponse): Promise<void> {
  const response = await begun.promise;
  for (let stalled = 0; stalled < 50; ) {
    stalled = response.writableNeedDrain ? stalled + 1 : 0;
    if (stalled === 0) answer.write(Buffer.alloc(64 * kibi));
    await setImmediate();
  }
}

const leavings: [how: string, leave: (socket: Socket) => void][] = [
  ['resets', (socket) => socket.resetAndDestroy()],
  ['closes', (socket) => socket.destroy()],
];
for (const [how, leave] of leavings) {
  for (const moment of ['whole in the host already', 'still being made'] as const) {
    test(`a client that ${how} while its answer waits, ${moment}: the call ends`, async () => {
      const filled = Promise.withResolvers<ServerResponse>();
      serve = async (_, answer) => {
        answer.on('error', () => {});
        await fill(answer);
        if (moment === 'whole in the host already') {
          answer.end('last');
          await once(answer, 'finish');
        }
        filled.resolve(answer);
      };
      const socket = client();
      const answer = await filled.promise;
      // The last piece has reached the host, which cannot pass it on.
      for (let turn = 0; turn < 50; turn += 1) await setImmediate();
      assert.ok((await begun.promise).writableNeedDrain);
      leave(socket);
      assert.ok((await outcome.promise) instanceof ClientGoneError);
      if (!answer.closed) await once(answer, 'close');
    });
  }
}

test('an app that breaks its answer off: the connection breaks, and it is not the client', async () => {
  serve = (_, answer) => {
    answer.write('some');
    void begun.promise.then(async (response) => {
      while (!response.headersSent) await setImmediate();
      answer.destroy();
    });
  };
  const reply = await fetch(`http://127.0.0.1:${port(front)}`);
  await assert.rejects(reply.text());
  const failure = await outcome.promise;
  assert.ok(failure instanceof Error && !(failure instanceof ClientGoneError));
  assert.match(failure.message, /aborted/);
});

test('an app that does not read a body that passes through: its answer comes', async () => {
  const seen: (string | undefined)[] = [];
  serve = (asked, answer) => {
    seen.push(asked.headers.connection);
    answer.end('unread');
  };
  for (let turn = 0; turn < 20; turn += 1) {
    outcome = Promise.withResolvers();
    const upload = request({ port: port(front), host: '127.0.0.1', method: 'POST' });
    upload.on('error', () => {});
    upload.write(Buffer.alloc(1024 * kibi));
    const [reply] = (await once(upload, 'response')) as [IncomingMessage];
    assert.equal((await reply.toArray()).join(''), 'unread');
    assert.equal(reply.statusCode, 200);
    upload.destroy();
    assert.equal(await outcome.promise, 'through');
  }
  // One that were told to close would reset what it has not read, and its own answer with it.
  assert.deepEqual(new Set(seen), new Set(['keep-alive']));
});

test('a body that does not end is left when the answer is through', async () => {
  const asked = Promise.withResolvers<IncomingMessage>();
  serve = (question, answer) => {
    asked.resolve(question);
    answer.end('unread');
  };
  const upload = request({ port: port(front), host: '127.0.0.1', method: 'POST' });
  upload.on('error', () => {});
  upload.write('some');
  await once(upload, 'response');
  assert.equal(await outcome.promise, 'through');
  const { socket } = await asked.promise;
  const left = Promise.withResolvers<void>();
  if (socket.destroyed) left.resolve();
  else socket.once('close', () => left.resolve());
  await left.promise;
  upload.destroy();
});
