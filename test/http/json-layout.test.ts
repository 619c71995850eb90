import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { laidOut, laidOutPieces } from '../../shared/http/json-layout.ts';

async function inPieces(text: string, size: number, isIndented: boolean): Promise<string> {
  async function* pieces() {
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
  }
  const laid: Uint8Array[] = [];
  for await (const piece of laidOutPieces(pieces(), isIndented)) laid.push(piece);
  return Buffer.concat(laid).toString();
}

test('indented as JSON.stringify does it, whole or in pieces, with a newline', async () => {
  await fc.assert(
    fc.asyncProperty(fc.jsonValue(), fc.integer({ min: 1, max: 9 }), async (value, size) => {
      const text = JSON.stringify(value);
      const expected = `${JSON.stringify(JSON.parse(text), null, 2)}\n`;
      assert.equal(laidOut(text, true), expected);
      assert.equal(await inPieces(text, size, true), expected);
      assert.equal(await inPieces(text, size, false), `${text}\n`);
    }),
  );
});

test('digits are kept, one newline is enough, nothing stays nothing', async () => {
  assert.equal(
    laidOut('[1.00, 12345678901234567890]', true),
    '[\n  1.00,\n  12345678901234567890\n]\n',
  );
  assert.equal(laidOut('a\n', false), 'a\n');
  assert.equal(laidOut('', true), '');
  assert.equal(await inPieces('', 1, true), '');
  assert.equal(await inPieces('[]\n', 1, false), '[]\n');
});
