import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { BlobServiceClient } from '@azure/storage-blob';
import { scaled } from 'stand-in-kit/testing/patience';
import { z } from 'zod';
import { DocumentConflictError, DocumentStore } from '../../shared/storage/documents.ts';
import { type Fault, type FaultProxy, startFaultProxy } from '../support/fault-proxy.ts';
import { between, hash, seededRandom } from '../support/random.ts';
import { randomFaults } from '../support/random-faults.ts';
import { formOf, soon, startStorage, type TestStorage } from '../support/storage.ts';

let storage: TestStorage;
before(async () => {
  storage = await startStorage();
});
after(() => storage.close());

const schema = z.object({ tokens: z.array(z.string()) });
type Document = z.infer<typeof schema>;

/** One store through the proxy and one past it, on the same container. */
async function stores(t: { after(work: () => Promise<void>): void }) {
  const proxy = await startFaultProxy(storage.connectionString);
  t.after(() => proxy.close());
  const direct = await storage.container();
  const service = BlobServiceClient.fromConnectionString(proxy.connectionString, {
    retryOptions: { maxTries: 1 },
  });
  const container = service.getContainerClient(direct.containerName);
  return {
    proxy,
    store: new DocumentStore<Document>(container, 'docs/', formOf(schema)),
    other: new DocumentStore<Document>(direct, 'docs/', formOf(schema)),
  };
}

/** The document and its ETag; how old it is has nothing to do with what it holds. */
async function contentOf<T extends object>(documents: DocumentStore<T>) {
  const found = await documents.read('a', soon());
  return found && { value: found.value, etag: found.etag };
}

/** Each of the next requests gets one of the faults, then everything goes through. */
function faultsInTurn(proxy: FaultProxy, faults: readonly Fault[], concerns = /./): void {
  const left = [...faults];
  proxy.decide = ({ method }) => (concerns.test(method) ? left.shift() : undefined);
}

const text = (value: string) => ({ tokens: [value] });
const lost: Fault = { kind: 'lost answer' };
const cases: { name: string; faults: Fault[] }[] = [
  { name: 'a lost answer', faults: [lost] },
  { name: 'two lost answers', faults: [lost, lost] },
  { name: 'a broken connection', faults: [{ kind: 'reset' }] },
  { name: 'an answer cut in its middle', faults: [{ kind: 'cut answer' }] },
  { name: 'a slow answer', faults: [{ kind: 'slow', until: 100 }] },
  { name: 'a busy service', faults: [{ kind: 'status', status: 503 }] },
  { name: 'throttling', faults: [{ kind: 'status', status: 429 }] },
  { name: 'an internal error', faults: [{ kind: 'status', status: 500 }] },
  { name: 'a lost answer, then a busy service', faults: [lost, { kind: 'status', status: 503 }] },
];

/** Read, add a token, replace; again after a conflict, unless the token turns out to be there. */
async function append(store: DocumentStore<Document>, token: string): Promise<void> {
  for (;;) {
    const stored = await store.read('a', soon());
    assert.ok(stored);
    if (stored.value.tokens.includes(token)) return;
    const tokens = [...stored.value.tokens, token];
    try {
      await store.replace('a', { tokens }, {}, stored.etag, soon());
      return;
    } catch (error) {
      if (!(error instanceof DocumentConflictError)) throw error;
    }
  }
}

// Side by side: most of their time is pauses between tries.
describe('documents under faults', { concurrency: true }, () => {
  for (const { name, faults } of cases) {
    test(`${name}: create, replace, read and remove do what they would without it`, async (t) => {
      const { proxy, store, other } = await stores(t);
      faultsInTurn(proxy, faults);
      const first = await store.create('a', text('1'), {}, soon());
      assert.deepEqual(await contentOf(other), { value: text('1'), etag: first });
      faultsInTurn(proxy, faults);
      const second = await store.replace('a', text('2'), {}, first, soon());
      assert.deepEqual(await contentOf(other), { value: text('2'), etag: second });
      faultsInTurn(proxy, faults);
      assert.deepEqual(await contentOf(store), { value: text('2'), etag: second });
      faultsInTurn(proxy, faults);
      assert.equal((await store.list({ limit: 5 }, soon())).names.length, 1);
      faultsInTurn(proxy, faults);
      await store.remove('a', soon());
      assert.equal(await other.read('a', soon()), undefined);
    });

    test(`${name}: what somebody else has written stays, and is a conflict`, async (t) => {
      const { proxy, store, other } = await stores(t);
      const first = await other.create('a', text('1'), {}, soon());
      const second = await other.replace('a', text('theirs'), {}, first, soon());
      faultsInTurn(proxy, faults);
      await assert.rejects(store.create('a', text('ours'), {}, soon()), DocumentConflictError);
      faultsInTurn(proxy, faults);
      await assert.rejects(
        store.replace('a', text('ours'), {}, first, soon()),
        DocumentConflictError,
      );
      assert.deepEqual(await contentOf(other), { value: text('theirs'), etag: second });
    });
  }

  test('the question whose write it was may be lost, too', async (t) => {
    const { proxy, store, other } = await stores(t);
    faultsInTurn(proxy, [lost]);
    const etag = await store.create('a', text('1'), {}, soon());
    faultsInTurn(proxy, [lost, { kind: 'cut answer' }], /PUT/);
    const decide = proxy.decide;
    let heads = 0;
    proxy.decide = (request) => {
      if (request.method !== 'HEAD') return decide(request);
      heads += 1;
      return heads === 1 ? { kind: 'status', status: 503 } : undefined;
    };
    const second = await store.replace('a', text('2'), {}, etag, soon());
    assert.deepEqual(await contentOf(other), { value: text('2'), etag: second });
    assert.equal(heads, 2);
  });

  test('our write, done but unanswered, and another one upon it: theirs stands', async (t) => {
    const { proxy, store, other } = await stores(t);
    const first = await other.create('a', text('1'), {}, soon());
    const meanwhile = Promise.withResolvers<void>();
    faultsInTurn(proxy, [lost, { kind: 'late', until: meanwhile.promise }]);
    const ours = store.replace('a', text('ours'), {}, first, soon());
    let seen = await other.read('a', soon());
    while (seen?.value.tokens[0] !== 'ours') {
      await sleep(5);
      seen = await other.read('a', soon());
    }
    await other.replace('a', text('theirs'), {}, seen.etag, soon());
    meanwhile.resolve();
    await assert.rejects(ours, DocumentConflictError);
    assert.deepEqual((await other.read('a', soon()))?.value, text('theirs'));
  });

  test('a document replaced while it is being read is read whole, the old or the new one', async (t) => {
    const { proxy, store, other } = await stores(t);
    const [old, fresh] = [text('old'.repeat(1000)), text('new'.repeat(1000))];
    const first = await other.create('a', old, {}, soon());
    const replaced = Promise.withResolvers<void>();
    let gets = 0;
    proxy.decide = ({ method }) => {
      if (method !== 'GET') return undefined;
      gets += 1;
      if (gets > 1) return undefined;
      // Half of the old document is out when the new one comes; then the connection breaks.
      void other.replace('a', fresh, {}, first, soon()).then(() => replaced.resolve());
      return { kind: 'cut answer', after: replaced.promise };
    };
    const read = await store.read('a', soon());
    assert.deepEqual(read?.value, fresh);
  });

  test('an answer that stalls in its middle does not hold a reader past its deadline', async (t) => {
    const { proxy, store, other } = await stores(t);
    await other.create('a', text('x'.repeat(5000)), {}, soon());
    const never = Promise.withResolvers<void>();
    t.after(async () => never.resolve());
    faultsInTurn(proxy, [{ kind: 'stalled answer', until: never.promise }]);
    const startedAt = performance.now();
    await assert.rejects(store.read('a', AbortSignal.timeout(300)), { name: 'TimeoutError' });
    assert.ok(performance.now() - startedAt < scaled(2_000));
  });

  test('an outage is ridden out, and a caller who leaves during it is let go at once', async (t) => {
    const { proxy, store, other } = await stores(t);
    const outage = proxy.outage();
    const left = assert.rejects(store.create('b', text('1'), {}, AbortSignal.timeout(100)), {
      name: 'TimeoutError',
    });
    const created = store.create('a', text('1'), {}, soon());
    await left;
    await sleep(500);
    outage.end();
    assert.equal((await other.read('a', soon())) === undefined, true);
    const etag = await created;
    assert.deepEqual(await contentOf(other), { value: text('1'), etag });
  });

  test('many writers under random faults: no update is lost, none comes twice', async (t) => {
    const seed = Number(process.env['FAULT_SEED'] ?? Date.now() % 1e9);
    t.diagnostic(`FAULT_SEED=${seed}`);
    await Promise.all(
      Array.from({ length: 8 }, async (_, index) => {
        const { proxy, store, other } = await stores(t);
        const random = seededRandom(hash(`${seed} ${index}`));
        proxy.decide = randomFaults({ seed: hash(`${seed} ${index}`), rate: 0.3, stallMs: 50 });
        await store.create('a', { tokens: [] }, {}, soon());
        const expected = Array.from({ length: between(random, 2, 4) }, (_, writer) =>
          Array.from({ length: between(random, 1, 4) }, (_, update) => `${writer}:${update}`),
        );
        await Promise.all(
          expected.map(async (tokens) => {
            for (const token of tokens) await append(store, token);
          }),
        );
        const found = (await other.read('a', soon()))?.value.tokens ?? [];
        assert.deepEqual(found.toSorted(), expected.flat().toSorted());
        for (const tokens of expected) {
          assert.deepEqual(
            found.filter((token) => tokens.includes(token)),
            tokens,
          );
        }
      }),
    );
  });
});
