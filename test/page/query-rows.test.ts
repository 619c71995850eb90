/** Rows of a query as the page keeps them: answers, pages, and what a box that is scrolled shows. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  type Answer,
  pageRows,
  type Row,
  readAnswer,
  rowsOf,
} from '../../page/views/queries/answer.ts';
import { RowPages } from '../../page/views/queries/row-pages.ts';
import {
  canvasHeight,
  rowsIn,
  type Sizes,
  topOf,
  virtualTop,
} from '../../page/views/queries/scroll-rows.ts';

/** As it comes: in pieces of so many bytes, which know nothing of letters. */
function streamOf(text: string, length = 65_536): ReadableStream<Uint8Array> {
  const bytes = new TextEncoder().encode(text);
  let from = 0;
  return new ReadableStream({
    pull(controller) {
      if (from >= bytes.length) controller.close();
      else controller.enqueue(bytes.subarray(from, from + length));
      from += length;
    },
  });
}

const rowsOfAll = ({ pages }: Answer): Row[] => pages.flatMap(rowsOf);
const textOf = (items: readonly object[]) => JSON.stringify({ name: 'MAIN', items });

test('numbers keep the digits that were sent', async () => {
  const text =
    '{"name": "MAIN", "count": 2, "items": [{"A": 500.00}, {"A": 12345678901234567890.5}]}';
  const answer = await readAnswer(streamOf(text), 1_000);
  assert.deepEqual(rowsOfAll(answer), [{ A: '500.00' }, { A: '12345678901234567890.5' }]);
  const { length, count, next, isCut } = answer;
  assert.deepEqual(
    { length, count, next, isCut },
    { length: 2, count: 2, next: undefined, isCut: false },
  );
});

test('of more than is kept the rows that came whole are', async () => {
  const items = Array.from({ length: 100 }, (_, at) => ({ A: `row ${at}` }));
  const answer = await readAnswer(streamOf(textOf(items), 40), 400);
  assert.equal(answer.isCut, true);
  const { length } = answer;
  assert.ok(length > 10 && length < 40, String(length));
  assert.deepEqual(rowsOfAll(answer), items.slice(0, length));
});

test('an answer that breaks off is none', async () => {
  const text = textOf([{ A: 'one' }, { A: 'two' }]);
  for (let length = 0; length < text.length; length += 1) {
    await assert.rejects(readAnswer(streamOf(text.slice(0, length)), 1_000), SyntaxError);
  }
});

test('in whatever pieces an answer comes, its rows are those that were sent', async () => {
  const letters = fc.string({ unit: fc.constantFrom('"', '\\', '{', ']', ',', 'a', 'ж') });
  const row = fc.record(
    { A: letters, datasets: fc.array(fc.record({ name: letters }, { noNullPrototype: true })) },
    { noNullPrototype: true },
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(row, { maxLength: 12 }),
      fc.integer({ min: 1, max: 60 }),
      fc.integer({ min: 20, max: 900 }),
      async (some, length, most) => {
        // More than a page of them.
        const items = Array.from({ length: 20 }, () => some).flat();
        const whole = await readAnswer(streamOf(textOf(items), length), Number.POSITIVE_INFINITY);
        assert.deepEqual(rowsOfAll(whole), items);
        assert.equal(whole.length, items.length);
        assert.ok(
          whole.pages.every(
            (page, at, { length: all }) => at === all - 1 || rowsOf(page).length === pageRows,
          ),
        );
        const cut = await readAnswer(streamOf(textOf(items), length), most);
        assert.deepEqual(rowsOfAll(cut), items.slice(0, cut.length));
      },
    ),
  );
});

/** An API of so many rows, which says what it was asked. */
function api(total: number, more: object = {}) {
  const asks: Record<string, unknown>[] = [];
  let fails = false;
  const pages = new RowPages({
    ...{ body: { select: ['A'] }, top: Number.POSITIVE_INFINITY, hasPages: true, hasNext: true },
    onChange: () => changed.resolve(),
    ask: async (body) => {
      const sent = body as Record<string, unknown>;
      asks.push(sent);
      if (fails) throw new Error('away');
      const { top = total, skip = 0, next } = sent as { top: number; skip: number; next: unknown };
      const from = typeof next === 'string' ? Number(next) : skip;
      const length = Math.max(0, Math.min(top, total - from));
      const items = Array.from({ length }, (_, at) => ({ A: `${from + at}` }));
      const answer = await readAnswer(
        streamOf(JSON.stringify({ name: 'MAIN', count: total, items })),
        Number.POSITIVE_INFINITY,
      );
      return next !== undefined && length === top ? { ...answer, next: `${from + top}` } : answer;
    },
    ...more,
  });
  let changed = Promise.withResolvers<void>();
  const looked = async (from: number) => {
    changed = Promise.withResolvers<void>();
    pages.look(from, from + 1);
    await changed.promise;
  };
  return { pages, asks, looked, fail: (value: boolean) => (fails = value) };
}

test('pages come one after the other by next, and where somebody jumps by skip', async () => {
  const { pages, asks, looked } = api(1_000_000);
  await pages.begin();
  assert.equal(pages.total, 1_000_000);
  assert.deepEqual(asks, [{ select: ['A'], count: true, top: pageRows, next: true }]);
  await looked(pageRows);
  assert.deepEqual(asks[1], { select: ['A'], top: pageRows, next: `${pageRows}` });
  await looked(999_999);
  assert.deepEqual(asks[2], { select: ['A'], top: pageRows, skip: 999_800 });
  assert.deepEqual(pages.row(999_999), { A: '999999' });
  assert.deepEqual(pages.row(0), { A: '0' });
  pages.look(0, 10);
  assert.equal(asks.length, 3, 'what is there is not asked for');
});

test('pages that were looked at long ago are let go of, and come again', async () => {
  const { pages, asks, looked } = api(100_000);
  await pages.begin();
  for (let page = 1; page < 40; page += 1) await looked(page * pageRows);
  assert.equal(pages.row(0), undefined);
  assert.deepEqual(pages.row(39 * pageRows), { A: `${39 * pageRows}` });
  await looked(0);
  assert.deepEqual(asks.at(-1), { select: ['A'], top: pageRows, next: true });
  assert.deepEqual(pages.row(0), { A: '0' });
});

test('no more rows than were asked for; without a key by skip alone; of ABRA Gen at once', async () => {
  const few = api(1_000, { top: 250 });
  await few.pages.begin();
  assert.equal(few.pages.total, 250);
  await few.looked(200);
  assert.deepEqual(few.asks[1], { select: ['A'], top: 50, next: '200' });
  const keyless = api(1_000, { hasNext: false });
  await keyless.pages.begin();
  await keyless.looked(200);
  assert.deepEqual(keyless.asks, [
    { select: ['A'], count: true, top: pageRows },
    { select: ['A'], top: pageRows, skip: 200 },
  ]);
  const whole = api(10_000, { hasPages: false });
  await whole.pages.begin();
  assert.deepEqual(whole.asks, [{ select: ['A'] }]);
  assert.equal(whole.pages.total, 10_000);
  assert.deepEqual(whole.pages.row(9_999), { A: '9999' });
});

test('what failed is asked for when somebody says so, and not before', async () => {
  const { pages, asks, looked, fail } = api(1_000);
  await pages.begin();
  fail(true);
  await looked(200);
  assert.ok(pages.failure instanceof Error);
  pages.look(400, 401);
  assert.equal(asks.length, 2);
  fail(false);
  pages.again();
  await looked(200);
  assert.deepEqual(pages.row(200), { A: '200' });
});

test('a box shows the rows at its place, from the first to the last, whatever is open', () => {
  const sizes: fc.Arbitrary<Sizes> = fc
    .record({
      total: fc.integer({ min: 1, max: 2_000_000 }),
      open: fc.array(fc.tuple(fc.nat(2_000_000), fc.integer({ min: 1, max: 400 })), {
        maxLength: 5,
      }),
    })
    .map(({ total, open }) => ({
      ...{ total, rowHeight: 32 },
      opened: new Map(open.map(([index, height]) => [index % total, height])),
    }));
  fc.assert(
    fc.property(sizes, fc.double({ min: 0, max: 1, noNaN: true }), (one, share) => {
      const room = 600;
      const canvas = canvasHeight(one);
      const top = virtualTop(one, { scrolled: share * Math.max(0, canvas - room), room, canvas });
      const { from, to } = rowsIn(one, { top, room });
      assert.ok(from < to && to <= one.total, `${from} ${to}`);
      assert.ok(topOf(one, from) <= top + 0.001, 'the first begins at the top or above');
      assert.ok(to === one.total || topOf(one, to) >= top + room, 'the last ends below');
      assert.ok(to - from <= room / one.rowHeight + 2);
      if (share === 1) assert.equal(to, one.total);
      if (share === 0) assert.equal(from, 0);
    }),
  );
});
