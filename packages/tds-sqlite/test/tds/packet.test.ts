import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ProtocolError } from '../../src/tds/byte-reader.ts';
import { Inbox } from '../../src/tds/inbox.ts';
import { framePackets, PacketReader } from '../../src/tds/packet.ts';
import { packet, type } from './raw-client.ts';

/** `bytes` cut at the given places. */
function cut(bytes: Buffer, places: readonly number[]): Buffer[] {
  const ends = [...places.map((place) => place % (bytes.length + 1)), bytes.length];
  ends.sort((a, b) => a - b);
  return ends.map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end));
}

test('a message arrives whole, whatever the packet size and wherever TCP cuts it', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uint8Array({ maxLength: 5000 }),
      fc.integer({ min: 9, max: 600 }),
      fc.array(fc.nat(), { maxLength: 20 }),
      async (payload, packetSize, places) => {
        const options = { packetSize, spid: 51, firstNumber: 1, end: true, type: type.batch };
        const { bytes } = framePackets(payload, options);
        const reader = new PacketReader();
        const inbox = new Inbox();
        for (const chunk of cut(bytes, places)) {
          for (const part of reader.read(chunk)) {
            inbox.put(part);
          }
        }
        const message = await inbox.take();
        assert.deepEqual(message?.body, Buffer.from(payload));
        assert.equal(message?.type, type.batch);
      },
    ),
  );
});

test('packets are numbered from 1, modulo 256', () => {
  const options = { packetSize: 9, spid: 0x1234, firstNumber: 1, end: false, type: 4 };
  const { bytes, count } = framePackets(Buffer.alloc(300), options);
  assert.equal(count, 300);
  assert.equal(bytes[6], 1);
  assert.equal(bytes[9 * 255 + 6], 0);
  assert.equal(bytes.readUInt16BE(4), 0x1234);
});

test('a header that cannot be one is refused at its first byte, or at its length', () => {
  for (const bytes of ['GET / HTTP/1.1', '\x16\x03\x01', '\x00']) {
    assert.throws(() => [...new PacketReader().read(Buffer.from(bytes, 'latin1'))], ProtocolError);
  }
  for (const length of [0, 7, 32_768, 65_535]) {
    const bytes = packet(type.batch, Buffer.alloc(0), 1, length);
    assert.throws(() => [...new PacketReader().read(bytes)], ProtocolError, `length ${length}`);
  }
});

test('a message may not change its type half-way', () => {
  const inbox = new Inbox();
  inbox.put({ type: type.batch, status: 0, payload: Buffer.of(1) });
  assert.throws(
    () => inbox.put({ type: type.rpc, status: 1, payload: Buffer.of(1) }),
    ProtocolError,
  );
});

test('before the login a message has its limit', () => {
  const inbox = new Inbox();
  const part = { type: type.login, status: 0, payload: Buffer.alloc(30_000) };
  assert.throws(() => {
    for (let sent = 0; sent < 10; sent++) {
      inbox.put(part);
    }
  }, /a message above 131072 bytes/);
});

test('one message may wait, two are one too many', () => {
  const inbox = new Inbox();
  inbox.put({ type: type.batch, status: 1, payload: Buffer.of(1) });
  assert.throws(
    () => inbox.put({ type: type.batch, status: 1, payload: Buffer.of(1) }),
    ProtocolError,
  );
});

test('closing ends a take that waits, and every later one', async () => {
  const inbox = new Inbox();
  const taken = inbox.take();
  inbox.close();
  assert.equal(await taken, undefined);
  assert.equal(await inbox.take(), undefined);
});
