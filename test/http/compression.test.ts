/** Compression of what is made while it is sent: whole, early, and left without a trace. */

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { test } from 'node:test';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { type Coding, compressedPieces } from '../../shared/http/compression.ts';

const unpack = (bytes: Buffer, coding: Coding) =>
  coding === 'br' ? brotliDecompressSync(bytes) : gunzipSync(bytes);

for (const coding of ['br', 'gzip'] as const) {
  test(`${coding}: pieces of all sizes come out whole`, async () => {
    const pieces = [1, 32_768, 0, 1_000_000, 17].map((size) => randomBytes(size));
    async function* make() {
      yield* pieces;
    }
    const packed = await buffer(compressedPieces(make(), coding));
    assert.ok(unpack(packed, coding).equals(Buffer.concat(pieces)));
  });

  test(`${coding}: nothing comes out whole`, async () => {
    async function* make() {}
    const packed = await buffer(compressedPieces(make(), coding));
    assert.equal(unpack(packed, coding).length, 0);
  });

  test(`${coding}: at most one piece is made ahead, and leaving ends the making`, async () => {
    let made = 0;
    let hasEnded = false;
    async function* make() {
      try {
        for (;;) {
          made += 1;
          yield Buffer.alloc(100_000, 'x');
        }
      } finally {
        hasEnded = true;
      }
    }
    for await (const _ of compressedPieces(make(), coding)) {
      assert.ok(made <= 2, `${made}`);
      if (made === 2) break;
    }
    assert.ok(hasEnded);
  });

  test(`${coding}: a failure comes out as it is`, async () => {
    async function* make() {
      yield Buffer.from('one');
      throw new Error('as told');
    }
    await assert.rejects(buffer(compressedPieces(make(), coding)), /as told/);
  });
}
