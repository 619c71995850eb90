/** How old a shared answer may be, and who shares it. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AgedCache } from '../../shared/async/aged-cache.ts';
import { soon } from '../support/storage.ts';

function caching() {
  const clock = { ms: 0 };
  const cache = new AgedCache<string>(() => clock.ms);
  const pending: PromiseWithResolvers<string>[] = [];
  const ask = (maxAgeMs: number, signal = soon()) => {
    const fetch = () => {
      const fetching = Promise.withResolvers<string>();
      pending.push(fetching);
      return fetching.promise;
    };
    return cache.get('key', maxAgeMs, fetch, signal);
  };
  return { clock, pending, ask };
}

test('an answer is as old as its end is past, and is fetched anew when it is too old', async () => {
  const { clock, pending, ask } = caching();
  const first = ask(1_000);
  clock.ms = 5_000;
  const together = ask(1_000);
  pending[0]?.resolve('one');
  assert.deepEqual(await Promise.all([first, together]), ['one', 'one']);
  clock.ms += 999;
  assert.equal(await ask(1_000), 'one');
  clock.ms += 1;
  const second = ask(1_000);
  pending[1]?.resolve('two');
  assert.equal(await second, 'two');
  assert.equal(pending.length, 2);
});

test('a failure is told to all who asked meanwhile, and to nobody after', async () => {
  const { pending, ask } = caching();
  const asked = [ask(1_000), ask(1_000)];
  pending[0]?.reject(new Error('away'));
  for (const one of asked) await assert.rejects(one, /away/);
  const next = ask(1_000);
  pending[1]?.resolve('there');
  assert.equal(await next, 'there');
});

test('one who leaves takes the answer from nobody', async () => {
  const { pending, ask } = caching();
  const leaving = new AbortController();
  const [left, stayed] = [ask(1_000, leaving.signal), ask(1_000)];
  leaving.abort(new Error('enough'));
  await assert.rejects(left, /enough/);
  pending[0]?.resolve('one');
  assert.equal(await stayed, 'one');
});
