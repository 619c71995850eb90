import assert from 'node:assert/strict';
import { Duplex } from 'node:stream';
import { test } from 'node:test';
import { Outbox } from '../../src/tds/outbox.ts';

const never = new AbortController().signal;

/** A client that takes everything at once, or nothing until `take` is called. */
function client(eager: boolean): { stream: Duplex; take(): void } {
  const waiting: (() => void)[] = [];
  const stream = new Duplex({
    highWaterMark: 1000,
    read() {},
    write(_chunk, _encoding, done) {
      if (eager) {
        done();
      } else {
        waiting.push(done);
      }
    },
  });
  return { stream, take: () => waiting.shift()?.() };
}

function fill(outbox: Outbox, size: number): void {
  outbox.writer.bytes(new Uint8Array(size));
  outbox.sendFull();
}

test('a writer that never has to wait lets the event loop run all the same', async () => {
  const outbox = new Outbox(client(true).stream);
  let turned = false;
  setImmediate(() => {
    turned = true;
  });
  fill(outbox, 40_000);
  await outbox.ready(never);
  assert.ok(turned, 'an attention would have been read');
});

test('below the size that is sent, ready costs no turn', async () => {
  const outbox = new Outbox(client(true).stream);
  let turned = false;
  setImmediate(() => {
    turned = true;
  });
  fill(outbox, 100);
  await outbox.ready(never);
  assert.ok(!turned);
});

test('ready waits for a slow client, and ends when the request is cancelled or the client gone', async () => {
  const slow = client(false);
  const drained = new Outbox(slow.stream);
  fill(drained, 40_000);
  let waits = true;
  const resumed = drained.ready(never).then(() => {
    waits = false;
  });
  await new Promise(setImmediate);
  await new Promise(setImmediate);
  assert.ok(waits);
  slow.take();
  await resumed;

  fill(drained, 40_000);
  const gone = drained.ready(never);
  slow.stream.destroy();
  await assert.rejects(gone, /the client is gone/);

  const cancel = new AbortController();
  const outbox = new Outbox(client(false).stream);
  fill(outbox, 40_000);
  const ready = outbox.ready(cancel.signal);
  cancel.abort(new Error('cancelled'));
  await assert.rejects(ready, /cancelled/);
  await assert.rejects(outbox.ready(cancel.signal), /cancelled/);
});

test('the memory one huge value needed is given back', () => {
  const outbox = new Outbox(client(true).stream);
  fill(outbox, 10_000_000);
  outbox.end();
  assert.ok(outbox.writer.buffer.length < 1_000_000);
});
