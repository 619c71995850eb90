/** What is remembered of entities that fail, until they succeed. */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Failure, FailureStore, noted } from '../../shared/sync/failures.ts';
import type { Run, StageState } from '../../shared/sync/run.ts';
import { run, stage } from '../support/runs.ts';
import { brokenTexts, soon, startStorage, type TestStorage } from '../support/storage.ts';

let storage: TestStorage;
before(async () => {
  storage = await startStorage();
});
after(() => storage.close());

const endedAt = '2019-07-31T11:00:00.000Z';

/** A run of `payment` for the codes, whose stages ended so. */
function ended(states: Record<string, StageState>, id = 'r1', at = endedAt): Run {
  const stages = Object.entries(states).map(([name, state]) => ({
    ...stage(name, 'server'),
    state,
    ...(state === 'failed' && {
      error: { message: `${name} has failed`, meaning: 'permanent' as const },
    }),
  }));
  const codes = [...new Set(stages.flatMap(({ code }) => code ?? []))];
  const freshness = codes.map((code) => ({ entity: 'payment', code }));
  return { ...run(id, stages), codes, freshness, state: 'failed', endedAt: at };
}

const failure = (code: string, message: string, id = 'r1', since = endedAt): Failure => ({
  ...{ code, entity: 'payment', since, run: id, at: since, times: 1, message },
});
const known = [failure('0c10', 'before', 'r0', '2019-07-30T11:00:00.000Z')];

for (const [what, states, expected] of [
  [
    'a failed export is one of its own source',
    {
      'export:payment:0c10': 'failed',
      'export:payment:mo': 'succeeded',
      'crude:payment': 'skipped',
    },
    [failure('0c10', 'export:payment:0c10 has failed')],
  ],
  [
    'a failed load is one of every source',
    {
      'export:payment:0c10': 'succeeded',
      'export:payment:mo': 'succeeded',
      'crude:payment': 'failed',
    },
    [failure('0c10', 'crude:payment has failed'), failure('mo', 'crude:payment has failed')],
  ],
  [
    'what was interrupted has failed',
    { 'export:payment:0c10': 'interrupted' },
    [failure('0c10', 'interrupted')],
  ],
  ['what was cancelled has not', { 'export:payment:0c10': 'cancelled' }, []],
  ['what succeeded has not', { 'export:payment:0c10': 'succeeded' }, []],
] as const) {
  test(what, () => assert.deepEqual(noted([], ended(states)), expected));
}

test('it lasts from the first failure to the next success, and what is no news changes nothing', () => {
  const again = noted(known, ended({ 'export:payment:0c10': 'failed' }, 'r2'));
  assert.partialDeepStrictEqual(again, [{ since: known[0]?.since, run: 'r2' }]);
  for (const state of ['cancelled', 'skipped', 'pending'] as const) {
    assert.equal(noted(known, ended({ 'export:payment:0c10': state })), known, state);
  }
  const half = { 'export:payment:0c10': 'succeeded', 'crude:payment': 'skipped' } as const;
  assert.equal(noted(known, ended(half)), known);
  assert.deepEqual(noted(known, ended({ 'export:payment:0c10': 'succeeded' })), []);
  assert.equal(noted(known, ended({ 'export:payment:mo': 'succeeded' })), known, 'another source');
});

test('each run counts in which it has failed again, once however often it is noted', () => {
  const fails = (id: string, at: string) => ended({ 'export:payment:0c10': 'failed' }, id, at);
  const [second, third] = ['2019-07-31T12:00:00.000Z', '2019-07-31T13:00:00.000Z'];
  const all = ['r1', 'r2', 'r2', 'r3'].reduce<readonly Failure[]>(
    (seen, id) => noted(seen, fails(id, { r1: endedAt, r2: second }[id] ?? third)),
    [],
  );
  assert.partialDeepStrictEqual(all, [{ since: endedAt, run: 'r3', at: third, times: 3 }]);
  // As an earlier version of the app has written it.
  const old = known.map(({ at: _, times: __, ...one }) => one);
  assert.partialDeepStrictEqual(noted(old, fails('r2', second)), [{ at: second, times: 2 }]);
});

test('runs that end at once lose nothing of one another, and a damaged document begins anew', async () => {
  const container = await storage.container();
  const codes = ['a', 'b', 'c', 'd', 'e'];
  await Promise.all(
    codes.map((code) =>
      new FailureStore(container).note(
        ended({ [`export:payment:${code}`]: 'failed' }),
        new Set(),
        soon(),
      ),
    ),
  );
  const told: string[] = [];
  const store = new FailureStore(container, (text) => told.push(text));
  const found = await store.read(soon());
  assert.deepEqual(found.map(({ code }) => code).sort(), codes);
  await container.getBlockBlobClient('state/failures.json').upload('{', 1);
  assert.deepEqual(await store.read(soon()), []);
  assert.deepEqual(await brokenTexts(container), ['{']);
  assert.match(told.join(), /none are known, the next runs tell/);
});
