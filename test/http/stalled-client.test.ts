/** A client that takes nothing holds nothing for longer than a minute. */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, get, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { announce } from '../../shared/http/outgoing.ts';
import { streamedBody } from '../../shared/http/streamed-body.ts';
import { soon } from '../support/storage.ts';

const piece = Buffer.alloc(65_536);

/** An answer without an end to a client that has read its head and nothing more. */
async function unread(t: TestContext, call = new AbortController()) {
  const deadline = soon();
  const limits: { ms: number; stop: AbortController }[] = [];
  t.mock.method(AbortSignal, 'timeout', (ms: number) => {
    const stop = new AbortController();
    limits.push({ ms, stop });
    return stop.signal;
  });
  let made = 0;
  const ended = Promise.withResolvers<unknown>();
  async function* pieces(signal: AbortSignal) {
    try {
      for (; ; made += 1) yield piece;
    } finally {
      ended.resolve(signal.reason);
    }
  }
  const failed = Promise.withResolvers<Error>();
  /** As the library sends it: no piece before the one before was written. */
  async function send(response: ServerResponse) {
    announce('call', response);
    const body = await streamedBody('call', pieces, call.signal);
    response.flushHeaders();
    try {
      for await (const one of body) response.write(one);
    } catch (error) {
      failed.resolve(error as Error);
    }
  }
  const server = createServer((_, response) => void send(response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });
  const request = get({ port: (server.address() as AddressInfo).port, host: '127.0.0.1' });
  const [answer] = (await once(request, 'response')) as [IncomingMessage];
  answer.on('error', () => {});
  /** Until the maker waits for the client. */
  const waits = async () => {
    for (let before = -1; before !== made || limits.length === 0; ) {
      deadline.throwIfAborted();
      before = made;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  const more = async () => {
    for (const enough = made + 100; made < enough; ) {
      deadline.throwIfAborted();
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };
  return { answer, limits, waits, more, ended: ended.promise, failed: failed.promise };
}

test('is cut off after sixty seconds, and the log knows why', async (t) => {
  const { answer, limits, waits, ended, failed } = await unread(t);
  await waits();
  assert.deepEqual(new Set(limits.map(({ ms }) => ms)), new Set([60_000]));
  const closed = new Promise((resolve) => answer.once('close', resolve));
  limits.at(-1)?.stop.abort();
  assert.match((await failed).message, /The client took nothing for 60 s/);
  await ended;
  answer.resume();
  await closed;
  assert.equal(answer.complete, false, 'broken off');
});

test('is given sixty seconds anew each time it has taken something', async (t) => {
  const { answer, limits, waits, more } = await unread(t);
  await waits();
  const limit = limits.at(-1);
  answer.resume();
  await more();
  // What was waited for has come: that limit says nothing any more.
  limit?.stop.abort();
  await more();
  assert.equal(answer.destroyed, false);
});

test('is not blamed for what the call itself was stopped for', async (t) => {
  const call = new AbortController();
  const { waits, ended, failed } = await unread(t, call);
  await waits();
  call.abort(new Error('the worker stops'));
  assert.match((await failed).message, /the worker stops/);
  await ended;
});
