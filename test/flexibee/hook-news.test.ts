import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Cursor } from '../../shared/flexibee/cursor.ts';
import { HookNews } from '../../shared/flexibee/hook-news.ts';
import type { WebHook } from '../../shared/flexibee/hook-versions.ts';
import { soon } from '../support/storage.ts';

const following: Cursor = {
  generation: 1,
  next: 101,
  globalVersion: 100,
  gaps: [{ from: 90, to: 92, since: '2026-01-01T00:00:00.000Z', looks: 0 }],
  loads: [],
  stale: {},
  hidden: {},
  sizes: {},
  due: {},
  pending: {},
  warnings: {},
  evidences: {},
  typed: {},
  told: {},
};
const trouble = {
  kind: 'unreachable' as const,
  since: '2026-01-01T00:00:00.000Z',
  message: 'no answer',
  cure: 'wait',
};

function hook(globalVersion: number, ...versions: number[]): WebHook {
  return { globalVersion, versions };
}

/** Cursors that count how often they are read. */
function cursors(cursor: Cursor | undefined) {
  const store = {
    cursor,
    reads: 0,
    async read() {
      store.reads += 1;
      await new Promise(setImmediate);
      return store.cursor;
    },
  };
  return store;
}

const cases: [what: string, cursor: Cursor | undefined, hook: WebHook, isNews: boolean][] = [
  ['a company never polled', undefined, hook(7, 7), true],
  ['a company that begins anew', { ...following, next: undefined }, hook(7, 7), true],
  ['a company in trouble', { ...following, trouble }, hook(7, 7), true],
  ['the next version', following, hook(101, 101), true],
  ['some that are known and some that are not', following, hook(103, 99, 100, 103), true],
  ['a newer version of the company alone', following, hook(102), true],
  ['the first of a gap, committed late', following, hook(100, 90), true],
  ['one within a gap, committed late', following, hook(100, 91), true],
  ['the last of a gap, committed late', following, hook(100, 92), true],
  ['those beside a gap', following, hook(100, 89, 93), false],
  ['the version applied last', following, hook(100, 100), false],
  ['older ones', following, hook(89, 88, 89), false],
  ['nothing', following, hook(100), false],
];
for (const [what, cursor, page, isNews] of cases) {
  test(`a hook that tells of ${what} is ${isNews ? '' : 'no '}news`, async () => {
    assert.equal(await new HookNews(cursors(cursor)).isNews('c', page, soon()), isNews);
  });
}

test('a burst is answered from one reading, and what is known from none', async () => {
  const store = cursors(following);
  const news = new HookNews(store);
  const burst = Array.from({ length: 1000 }, () => news.isNews('c', hook(100, 100), soon()));
  assert.ok((await Promise.all(burst)).every((isNews) => !isNews));
  assert.equal(store.reads, 1);
  assert.equal(await news.isNews('c', hook(99, 99), soon()), false);
  assert.equal(store.reads, 1);
  assert.equal(await news.isNews('another', hook(99, 99), soon()), false);
  assert.equal(store.reads, 2);
});

test('what looks new is looked up: a poll may have seen to it', async () => {
  const store = cursors(following);
  const news = new HookNews(store);
  assert.equal(await news.isNews('c', hook(105, 105), soon()), true);
  store.cursor = { ...following, next: 106 };
  assert.equal(await news.isNews('c', hook(105, 105), soon()), false);
  assert.equal(await news.isNews('c', hook(106, 106), soon()), true);
});

test('storage that fails is told to whoever asks, and the next asks again', async () => {
  let fails = true;
  const news = new HookNews({
    async read() {
      if (fails) throw new Error('no storage');
      return following;
    },
  });
  await assert.rejects(news.isNews('c', hook(100), soon()), /no storage/);
  fails = false;
  assert.equal(await news.isNews('c', hook(100), soon()), false);
});
