/** A server that wants to be left alone, and troubles whose reason changes. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isDue } from '../../shared/app/poll-interval.ts';
import { FlexibeeError } from '../../shared/flexibee/errors.ts';
import { poll } from '../../shared/flexibee/follow.ts';
import { soon } from '../support/storage.ts';
import { evidences, newWorld } from './world.ts';

const [first = ''] = evidences;

function refusal(fault: string, retryAfterMs?: number): FlexibeeError {
  const about = { company: 'c', request: 'GET /c/demo/changes.json', fault };
  return new FlexibeeError({ kind: 'unreachable', ...about, retryAfterMs });
}

async function broken(world: ReturnType<typeof newWorld>, error: Error): Promise<string[]> {
  const { context, done } = world.worker();
  const source = { ...context.source, changes: () => Promise.reject(error) };
  assert.equal(await poll({ ...context, source }, { waitForLockMs: 0 }, soon()), 'trouble');
  return done;
}

test('Retry-After is kept across polls, whichever worker they come to', async () => {
  const world = newWorld();
  world.company.write('create', first);
  await world.settle();
  await broken(world, refusal('HTTP 429', 600_000));
  assert.equal(Date.parse(world.cursor?.trouble?.retryAt ?? ''), world.time() + 600_000);
  world.company.write('update', first);
  for (let minute = 0; minute < 9; minute += 1) {
    world.tick(60_000);
    const { outcome, done } = await world.poll();
    assert.deepEqual([outcome, done], ['trouble', ['acquire', 'release']]);
  }
  world.tick(60_001);
  assert.equal((await world.poll()).outcome, 'applied');
  assert.equal(world.cursor?.trouble, undefined);
  world.check();
});

test('a trouble of the same kind tells its latest reason, since it began, and is logged once', async () => {
  const world = newWorld();
  await world.settle();
  world.logged.length = 0;
  await broken(world, refusal('no connection'));
  const since = world.cursor?.trouble?.since;
  world.tick(60_000);
  await broken(world, refusal('HTTP 503'));
  assert.match(world.cursor?.trouble?.message ?? '', /HTTP 503/);
  assert.equal(world.cursor?.trouble?.since, since);
  assert.equal(world.logged.length, 1);
  world.tick(60_000);
  assert.deepEqual((await broken(world, refusal('HTTP 503'))).includes('replace'), false);
});

test('a company is due once in so many minutes, and not all in the same one', () => {
  for (const every of [1, 5, 60]) {
    const minutes = Array.from({ length: 60 }, (_, minute) => new Date(minute * 60_000 + 300));
    const due = (code: string) => minutes.filter((at) => isDue(code, every, at));
    for (const code of ['a', 'flexi-demo']) assert.equal(due(code).length, 60 / every);
    if (every === 1) continue;
    const codes = Array.from({ length: 50 }, (_, number) => `company-${number}`);
    assert.ok(new Set(codes.map((code) => Number(due(code)[0]))).size > every / 3);
  }
});
