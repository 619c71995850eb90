import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { boundedText } from '../../functions/mcp/bounded-text.ts';

const context = { error: () => {} };

/** In pieces of so many bytes; tells how many were taken. */
function pieces(text: string, size: number) {
  const bytes = Buffer.from(text);
  let at = 0;
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        if (at >= bytes.length) return controller.close();
        controller.enqueue(bytes.subarray(at, at + size));
        at += size;
      },
    },
    { highWaterMark: 0 },
  );
  return { body, taken: () => Math.min(at, bytes.length) };
}

test('the first items, wherever pieces end and whatever is in them', async () => {
  const item = fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue({ maxDepth: 3 }));
  const items = fc.array(item, { maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        items,
        count: fc.integer({ min: 1, max: 8 }),
        size: fc.integer({ min: 1, max: 40 }),
      }),
      async ({ items: all, count, size }) => {
        const text = JSON.stringify({ name: 'a "[{" b', items: all }, undefined, 1);
        const { body } = pieces(text, size);
        const read = await boundedText(body, { bytes: 1e6, take: 'all', items: count }, context);
        assert.deepEqual(JSON.parse(read).items, JSON.parse(text).items.slice(0, count));
      },
    ),
    { numRuns: 200 },
  );
});

test('no more is taken than they need, and what is longer than may be is refused before them', async () => {
  const text = JSON.stringify({
    name: 'M',
    items: Array.from({ length: 1_000 }, (_, id) => ({ id })),
  });
  const { body, taken } = pieces(text, 50);
  const read = await boundedText(body, { bytes: 200, take: 'all', items: 3 }, context);
  assert.equal(read, '{"name":"M","items":[{"id":0},{"id":1},{"id":2}]}');
  assert.ok(taken() <= 100);
  const long = boundedText(pieces(text, 50).body, { bytes: 200, take: 'all', items: 90 }, context);
  await assert.rejects(long, /longer than/);
});
