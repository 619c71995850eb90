import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { cut } from '../../../shared/sync/brief.ts';

const bytesOf = (text: string) => Buffer.byteLength(JSON.stringify(text));
const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 400 }),
  fc.string({ unit: 'binary', maxLength: 400 }),
  fc.string({ unit: fc.constantFrom('ж', '界', '😀', '\u0000', '"', 'a'), maxLength: 400 }),
);

test('a text is cut to the bytes it may take in JSON, between letters, and says so', () => {
  fc.assert(
    fc.property(text, fc.integer({ min: 5, max: 300 }), (given, bytes) => {
      const brief = cut(given, bytes);
      assert.ok(bytesOf(brief) <= bytes, `${bytesOf(brief)} of ${bytes}`);
      if (bytesOf(given) <= bytes) return assert.equal(brief, given);
      assert.ok(brief.endsWith('…'));
      const kept = brief.slice(0, -1);
      assert.ok(given.startsWith(kept));
      assert.ok(given.isWellFormed() ? kept.isWellFormed() : true);
      // Nothing is wasted but a letter and the mark.
      assert.ok(bytesOf(brief) >= bytes - 24, `${bytesOf(brief)} of ${bytes}`);
    }),
    { numRuns: 1_000 },
  );
});
