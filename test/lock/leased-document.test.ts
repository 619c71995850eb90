import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { BlobServiceClient } from '@azure/storage-blob';
import { z } from 'zod';
import { LeaseLostError } from '../../shared/lock/keeper.ts';
import { LeasedDocuments } from '../../shared/lock/leased-document.ts';
import { DocumentNewerError } from '../../shared/storage/document-errors.ts';
import { type Fault, startFaultProxy } from '../support/fault-proxy.ts';
import { brokenTexts, formOf, soon, startStorage, type TestStorage } from '../support/storage.ts';

let storage: TestStorage;
before(async () => {
  storage = await startStorage();
});
after(() => storage.close());

const schema = z.object({ text: z.string() });

/** Two workers with one container; the first one's way to it is watched, and may be disturbed. */
async function workers(t: { after(work: () => Promise<void>): void }) {
  const proxy = await startFaultProxy(storage.connectionString);
  t.after(() => proxy.close());
  const direct = await storage.container();
  const service = BlobServiceClient.fromConnectionString(proxy.connectionString, {
    retryOptions: { maxTries: 1 },
  });
  const container = service.getContainerClient(direct.containerName);
  let seen = 0;
  const told: string[] = [];
  return {
    told,
    direct,
    proxy,
    mine: new LeasedDocuments(container, 'docs/', formOf(schema), 15, (text) => told.push(text)),
    other: new LeasedDocuments(direct, 'docs/', formOf(schema), 15, (text) => told.push(text)),
    /** What went to storage since the last look. */
    calls() {
      const calls = proxy.requests
        .slice(seen)
        .map(({ method, headers }) => String(headers['x-ms-lease-action'] ?? method));
      seen = proxy.requests.length;
      return calls;
    },
  };
}

async function taken<T extends object>(documents: LeasedDocuments<T>) {
  const held = await documents.acquire('a', soon());
  assert.ok(held, 'somebody else holds it');
  return held;
}

test('nothing changed: acquire and release, and nothing is read', async (t) => {
  const { mine, calls } = await workers(t);
  const first = await taken(mine);
  assert.equal(first.value, undefined);
  await first.replace({ text: 'one' }, soon());
  await first.release();
  assert.deepEqual(calls(), ['acquire', 'PUT', 'acquire', 'GET', 'PUT', 'release']);
  const again = await taken(mine);
  assert.deepEqual(again.value, { text: 'one' });
  await again.release();
  assert.deepEqual(calls(), ['acquire', 'release']);
});

test('what somebody else has written is read, once', async (t) => {
  const { mine, other, calls } = await workers(t);
  await (await taken(mine)).release();
  const theirs = await taken(other);
  assert.equal(await mine.acquire('a', soon()), undefined);
  await theirs.replace({ text: 'theirs' }, soon());
  await theirs.replace({ text: 'newer' }, soon());
  assert.deepEqual(theirs.value, { text: 'newer' });
  await theirs.release();
  calls();
  for (const expected of [
    ['acquire', 'GET', 'release'],
    ['acquire', 'release'],
  ]) {
    const held = await taken(mine);
    assert.deepEqual(held.value, { text: 'newer' });
    await held.release();
    assert.deepEqual(calls(), expected);
  }
  assert.deepEqual(await mine.read('a', soon()), { text: 'newer' });
  assert.equal(await mine.read('never', soon()), undefined);
});

test('of many at once exactly one gets a document that was not there', async (t) => {
  const { mine, other } = await workers(t);
  const asked = Array.from({ length: 20 }, (_, index) =>
    (index % 2 === 0 ? mine : other).acquire('a', soon()),
  );
  const held = (await Promise.all(asked)).filter((one) => one !== undefined);
  assert.equal(held.length, 1);
  await held[0]?.release();
});

test('whoever lost the lock writes nothing', async (t) => {
  const { mine, other, direct } = await workers(t);
  const held = await taken(mine);
  await held.replace({ text: 'mine' }, soon());
  await direct.getBlobClient('docs/a.json').getBlobLeaseClient().breakLease(0);
  await assert.rejects(held.replace({ text: 'free' }, soon()), LeaseLostError);
  const theirs = await taken(other);
  await assert.rejects(held.replace({ text: 'again' }, soon()), LeaseLostError);
  await held.release();
  await theirs.replace({ text: 'theirs' }, soon());
  assert.deepEqual(await other.read('a', soon()), { text: 'theirs' });
  await theirs.release();
});

test('what is damaged is set aside and told, once, and has no value from then on', async (t) => {
  const { mine, other, direct, told } = await workers(t);
  await direct.getBlockBlobClient('docs/a.json').upload('{"text":7}', 10);
  assert.equal(await other.read('a', soon()), undefined);
  const held = await taken(mine);
  assert.equal(held.value, undefined);
  await held.release();
  const again = await taken(other);
  assert.equal(again.value, undefined);
  await again.replace({ text: 'anew' }, soon());
  await again.release();
  assert.equal(told.length, 1);
  assert.match(told[0] ?? '', /docs\/a\.json is damaged.*set aside as broken\/docs\/a\.json\//);
  assert.deepEqual(await brokenTexts(direct), ['{"text":7}']);
  assert.deepEqual(await mine.read('a', soon()), { text: 'anew' });
});

test('what a newer version wrote is left alone and said, and the lock is free again', async (t) => {
  const { mine, other, direct } = await workers(t);
  const text = '{"version":2,"text":7}';
  await direct.getBlockBlobClient('docs/a.json').upload(text, text.length);
  await assert.rejects(mine.acquire('a', soon()), DocumentNewerError);
  await assert.rejects(other.acquire('a', soon()), DocumentNewerError);
  await assert.rejects(other.read('a', soon()), DocumentNewerError);
  assert.equal(String(await direct.getBlobClient('docs/a.json').downloadToBuffer()), text);
  assert.deepEqual(await brokenTexts(direct), []);
});

test('the lease is renewed while it is held', async (t) => {
  const { mine, proxy } = await workers(t);
  const renewed = proxy.answered(
    ({ headers, status }) => headers['x-ms-lease-action'] === 'renew' && status === 200,
  );
  const held = await taken(mine);
  await renewed;
  assert.equal(held.lost.aborted, false);
  await held.release();
});

const lost: Fault = { kind: 'lost answer' };
const cases: { name: string; faults: Fault[] }[] = [
  { name: 'a lost answer', faults: [lost] },
  { name: 'two lost answers', faults: [lost, lost] },
  { name: 'a broken connection', faults: [{ kind: 'reset' }] },
  { name: 'a busy service', faults: [{ kind: 'status', status: 503 }] },
  { name: 'throttling', faults: [{ kind: 'status', status: 429 }] },
];

describe('under faults', { concurrency: true }, () => {
  for (const { name, faults } of cases) {
    test(`${name}: every call does what it would without it`, async (t) => {
      const { mine, other, proxy } = await workers(t);
      const next = () => {
        const left = [...faults];
        proxy.decide = () => left.shift();
      };
      next();
      const held = await taken(mine);
      assert.equal(await other.acquire('a', soon()), undefined);
      next();
      await held.replace({ text: 'one' }, soon());
      next();
      await held.replace({ text: 'two' }, soon());
      assert.deepEqual(await other.read('a', soon()), { text: 'two' });
      next();
      await held.release();
      const theirs = await taken(other);
      next();
      assert.equal(await mine.acquire('a', soon()), undefined);
      await theirs.release();
    });
  }
});
