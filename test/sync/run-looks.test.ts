/** Looks that clients share: how often storage is asked, and that nobody is left waiting. */

import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { RunLooks, sharedAgeMs } from '../../shared/sync/run-looks.ts';
import type { SeenRun } from '../../shared/sync/run-store.ts';
import { run } from '../support/runs.ts';
import { soon } from '../support/storage.ts';

/** A store that counts how often it is asked, whose run has changed when `etag` has. */
function counted() {
  const state = { etag: '1', asked: 0, failure: undefined as Error | undefined };
  const looks = new RunLooks(async (id, _signal, known): Promise<SeenRun | undefined> => {
    state.asked += 1;
    await sleep(5);
    if (state.failure !== undefined) throw state.failure;
    if (state.etag === '') return undefined;
    if (known?.etag === state.etag) return known;
    return { value: run(id, []), etag: state.etag, ageMs: 0, isNewer: false };
  });
  return { state, looks };
}

test('whoever takes an old look shares it, whoever does not gets one of his own', async () => {
  const { state, looks } = counted();
  const shared = await Promise.all(
    Array.from({ length: 20 }, () => looks.look('a', sharedAgeMs, soon())),
  );
  assert.equal(state.asked, 1);
  assert.equal(new Set(shared).size, 1);
  assert.equal(await looks.look('a', 0, soon()), shared[0], 'the same object until it changes');
  assert.equal(state.asked, 2);
  state.etag = '2';
  assert.equal((await looks.look('a', 0, soon()))?.etag, '2');
  assert.equal((await looks.look('b', sharedAgeMs, soon()))?.etag, '2');
  assert.equal(state.asked, 4);
});

test('all who wait hear of a change, and of an end; one who leaves lets go', async () => {
  const { state, looks } = counted();
  await looks.look('a', 0, soon());
  const leaving = new AbortController();
  const staying = new AbortController();
  let left = false;
  const gone = looks.changed('a', '1', leaving.signal).then(() => {
    left = true;
  });
  const told = [1, 2, 3].map(() => looks.changed('a', '1', staying.signal));
  leaving.abort();
  await gone;
  assert.ok(left);
  state.etag = '2';
  await Promise.all(told);
  assert.equal(getEventListeners(staying.signal, 'abort').length, 0);
  const removed = looks.changed('a', '2', staying.signal);
  state.etag = '';
  await removed;
  const { asked } = state;
  await sleep(2 * sharedAgeMs);
  assert.equal(state.asked, asked, 'nobody waits, nobody asks');
});

test('while storage does not answer nothing has changed, and it is asked once a second', async () => {
  const { state, looks } = counted();
  await looks.look('a', 0, soon());
  state.failure = new Error('away');
  await assert.rejects(looks.look('a', 0, soon()), /away/);
  const before = state.asked;
  const limit = AbortSignal.timeout(2.5 * sharedAgeMs);
  await looks.changed('a', '1', limit);
  assert.ok(limit.aborted);
  assert.ok(state.asked - before <= 3, `${state.asked - before} looks`);
});
