import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { ContainerClient } from '@azure/storage-blob';
import fc from 'fast-check';
import {
  digestOf,
  IdempotencyKeys,
  KeyUnreadableError,
  keyName,
} from '../../shared/idempotency/idempotency-keys.ts';
import { soon, startStorage, type TestStorage } from '../support/storage.ts';

let storage: TestStorage;
before(async () => {
  storage = await startStorage();
});
after(() => storage.close());

class Clock {
  ms = Date.now();
  readonly now = () => new Date(this.ms);
}

function keysOn(container: ContainerClient, clock = new Clock()) {
  return { keys: new IdempotencyKeys(container, clock.now), clock };
}

const name = keyName('demo', 'k');
const asked = { digest: 'd', run: 'r1' };

describe('keys of requests', { concurrency: true }, () => {
  test('of many at once one reserves, and the others find its record', async () => {
    const container = await storage.container();
    const found = await Promise.all(
      Array.from({ length: 8 }, (_, index) =>
        keysOn(container).keys.reserve(name, { digest: 'd', run: `r${index}` }, soon()),
      ),
    );
    const [own, ...others] = found.filter(({ isOwn }) => isOwn);
    assert.deepEqual(others, []);
    for (const { record } of found) assert.equal(record.run, own?.record.run);
  });

  test('an answer is kept for a day, then the key is as if it had never been', async () => {
    const { keys, clock } = keysOn(await storage.container());
    const held = await keys.reserve(name, asked, soon());
    await keys.keep(held, { id: 'r1', state: 'queued' }, soon());
    clock.ms += 24 * 3_600_000 - 1;
    const again = await keys.reserve(name, { digest: 'other', run: 'r2' }, soon());
    assert.equal(again.isOwn, false);
    assert.partialDeepStrictEqual(again.record, {
      ...asked,
      answer: { id: 'r1', state: 'queued' },
    });
    clock.ms += 1;
    const anew = await keys.reserve(name, { digest: 'other', run: 'r2' }, soon());
    assert.equal(anew.isOwn, true);
    assert.partialDeepStrictEqual(anew.record, { digest: 'other', run: 'r2' });
    assert.equal(anew.record.answer, undefined);
  });

  test('one takes over, and whoever had it before changes nothing any more', async () => {
    const container = await storage.container();
    const [first, second, third] = [keysOn(container), keysOn(container), keysOn(container)];
    const held = await first.keys.reserve(name, asked, soon());
    const found = await second.keys.reserve(name, asked, soon());
    const same = await third.keys.reserve(name, asked, soon());
    const taken = await second.keys.takeOver(found, undefined, soon());
    assert.partialDeepStrictEqual(taken, {
      record: { digest: 'd', run: 'r1', at: held.record.at },
    });
    assert.equal(await third.keys.takeOver(same, undefined, soon()), undefined);
    assert.equal(await first.keys.release(held, soon()), false);
    await first.keys.keep(held, { id: 'late' }, soon());
    assert.equal((await third.keys.reserve(name, asked, soon())).record.answer, undefined);
  });

  test('what was released is taken over for whatever is asked next', async () => {
    const { keys } = keysOn(await storage.container());
    assert.equal(await keys.release(await keys.reserve(name, asked, soon()), soon()), true);
    const found = await keys.reserve(name, asked, soon());
    assert.equal(found.isOwn, false);
    assert.equal(found.record.released, true);
    const taken = await keys.takeOver(found, { digest: 'e', run: 'r2' }, soon());
    assert.partialDeepStrictEqual(taken?.record, { digest: 'e', run: 'r2' });
    assert.equal(taken?.record.released, undefined);
  });

  test('a record that cannot be read starts nothing', async () => {
    for (const text of ['{', '{"version":2}', '{"run":1}']) {
      const container = await storage.container();
      const blob = container.getBlockBlobClient(`idempotency/${name}.json`);
      await blob.upload(text, text.length);
      await assert.rejects(keysOn(container).keys.reserve(name, asked, soon()), KeyUnreadableError);
      assert.equal(String(await blob.downloadToBuffer()), text, 'it is left as it is');
    }
  });

  test('records are removed when their day is over', async () => {
    const container = await storage.container();
    const { keys, clock } = keysOn(container);
    for (const key of ['a', 'b', 'c']) await keys.reserve(keyName('demo', key), asked, soon());
    assert.equal(await keys.expire(soon()), 0);
    clock.ms += 25 * 3_600_000;
    assert.equal(await keys.expire(soon()), 3);
    assert.equal(await keys.expire(soon()), 0);
  });
});

test('the order of members makes no difference to a digest, anything else does', () => {
  const shuffled = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(shuffled);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value)
        .reverse()
        .map(([key, of]) => [key, shuffled(of)]),
    );
  };
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (one, other) => {
      assert.equal(digestOf(one), digestOf(shuffled(one)));
      const isSame = JSON.stringify(one) === JSON.stringify(other);
      if (isSame) assert.equal(digestOf(one), digestOf(other));
    }),
  );
  const all = [
    1,
    '1',
    [1],
    [[1]],
    { a: 1 },
    { b: 1 },
    { a: '1' },
    null,
    'null',
    [],
    {},
    [1, 2],
    [12],
  ];
  assert.equal(new Set(all.map(digestOf)).size, all.length);
});

test('a key belongs to its token', () => {
  const names = [keyName('a', 'b'), keyName('b', 'a'), keyName('a', 'c'), keyName('ab', '')];
  assert.equal(new Set(names).size, names.length);
  for (const one of names) assert.match(one, /^[0-9a-f]{64}$/);
});
