import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { z } from 'zod';
import { DocumentConflictError, DocumentStore } from '../../shared/storage/documents.ts';
import { formOf, soon, startStorage, type TestStorage } from '../support/storage.ts';

let storage: TestStorage;
before(async () => {
  storage = await startStorage();
});
after(() => storage.close());

const schema = z.object({ text: z.string() });

async function newStore(): Promise<DocumentStore<{ text: string }>> {
  return new DocumentStore(await storage.container(), 'docs/', formOf(schema));
}

/** The document and its ETag; how old it is has nothing to do with what it holds. */
async function contentOf<T extends object>(documents: DocumentStore<T>) {
  const found = await documents.read('a', soon());
  return found && { value: found.value, etag: found.etag };
}

test('what is written is read, in any script', async () => {
  const store = await newStore();
  const etag = await store.create('a', { text: 'Лицевой счёт, Příliš žluťoučký' }, {}, soon());
  assert.deepEqual(await contentOf(store), {
    value: { text: 'Лицевой счёт, Příliš žluťoučký' },
    etag,
  });
  assert.equal(await store.read('b', soon()), undefined);
});

test('what comes in several pieces is put together in their order', async () => {
  const store = await newStore();
  const text = Array.from({ length: 16_000 }, (_, i) => `${i}`).join(' ');
  await store.create('a', { text }, {}, soon());
  assert.equal((await store.read('a', soon()))?.value.text, text);
});

test('a document is created once, and replaced only from what was read', async () => {
  const store = await newStore();
  const first = await store.create('a', { text: '1' }, {}, soon());
  await assert.rejects(store.create('a', { text: '2' }, {}, soon()), DocumentConflictError);
  await store.replace('a', { text: '2' }, {}, first, soon());
  await assert.rejects(store.replace('a', { text: '3' }, {}, first, soon()), DocumentConflictError);
  assert.equal((await store.read('a', soon()))?.value.text, '2');
});

test('of many writers from one version exactly one wins', async () => {
  const store = await newStore();
  const etag = await store.create('a', { text: '0' }, {}, soon());
  const results = await Promise.allSettled(
    Array.from({ length: 20 }, (_, i) => store.replace('a', { text: `${i}` }, {}, etag, soon())),
  );
  assert.equal(results.filter((result) => result.status === 'fulfilled').length, 1);
});

test('pages come in order of the names, with metadata', async () => {
  const store = await newStore();
  for (const name of ['c', 'a', 'b']) await store.create(name, { text: name }, { name }, soon());
  const first = await store.list({ limit: 2 }, soon());
  assert.deepEqual(
    first.names.map(({ name, metadata }) => [name, metadata['name']]),
    [
      ['a', 'a'],
      ['b', 'b'],
    ],
  );
  assert.ok(first.next);
  const second = await store.list({ limit: 2, from: first.next }, soon());
  assert.deepEqual(
    second.names.map(({ name }) => name),
    ['c'],
  );
  assert.equal(second.next, undefined);
});

test('a document of another shape is refused with its path', async () => {
  const container = await storage.container();
  const other = new DocumentStore(container, 'docs/', formOf(z.object({ number: z.number() })));
  await other.create('a', { number: 1 }, {}, soon());
  await assert.rejects(new DocumentStore(container, 'docs/', formOf(schema)).read('a', soon()), {
    name: 'DocumentDamagedError',
    message: /docs\/a\.json is damaged: .*text/,
  });
});
