/** Workers that die, at any moment and however often, are started again. */

import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { type Child, EarlyEnd } from '../child.ts';
import { keepWorker, pauseMs } from '../worker.ts';

type Start = PromiseWithResolvers<Child>;

/** A worker whose lives are played; timers stand still until they are told. */
function played(t: TestContext) {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const stop = new AbortController();
  const lines: string[] = [];
  let begun = Promise.withResolvers<Start>();
  const start = () => {
    const life: Start = Promise.withResolvers<Child>();
    begun.resolve(life);
    begun = Promise.withResolvers<Start>();
    return life.promise;
  };
  let next = begun.promise;
  const kept = keepWorker('Worker 1', start, (line) => lines.push(line), stop.signal);
  return {
    kept,
    lines,
    stop,
    /** The life that has begun, after `ms` in which none did. */
    async life(ms = 0): Promise<Start> {
      if (ms > 0) {
        await settled();
        t.mock.timers.tick(ms - 1);
        await settled();
        assert.equal(await Promise.race([next, Promise.resolve('none')]), 'none');
        t.mock.timers.tick(1);
      } else {
        await settled();
        t.mock.timers.tick(1);
      }
      const life = await next;
      next = begun.promise;
      return life;
    },
  };
}

/** What is due has been done. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

function readyChild() {
  const exited = Promise.withResolvers<number | null>();
  const child: Child = { exited: exited.promise, stop: async () => exited.resolve(0) };
  return { child, die: exited.resolve };
}

const killed = new EarlyEnd('worker', null);

test('one that is killed while it starts for the first time is started again', async (t) => {
  const worker = played(t);
  (await worker.life()).reject(killed);
  const second = await worker.life();
  second.resolve(readyChild().child);
  await worker.kept;
  assert.deepEqual(worker.lines, [
    'Worker 1 ended (killed) while it started; it is started again.',
  ]);
});

test('one that gives up at its first start ends it all: its settings are wrong', async (t) => {
  const worker = played(t);
  (await worker.life()).reject(new EarlyEnd('worker', 1));
  await assert.rejects(worker.kept, /^Error: worker ended \(1\) before it was ready$/);
  assert.deepEqual(worker.lines, []);
});

test('later nothing ends it: the pauses grow, many deaths are told', async (t) => {
  const worker = played(t);
  const first = readyChild();
  (await worker.life()).resolve(first.child);
  await worker.kept;
  first.die(null);
  const ends = [killed, new EarlyEnd('worker', 1), new Error('spawn EAGAIN'), killed, killed];
  for (const [index, end] of ends.entries()) (await worker.life(pauseMs(index + 1))).reject(end);
  await worker.life(pauseMs(6));
  assert.deepEqual(worker.lines, [
    'Worker 1 ended (killed); it is started again.',
    'Worker 1 ended (killed) while it started; it is started again in 0.25 s.',
    'Worker 1 ended (1) while it started; it is started again in 0.5 s.',
    'Worker 1 ended (spawn EAGAIN) while it started; it is started again in 1 s.',
    'Worker 1 ended (killed) while it started; it is started again in 2 s.',
    'Worker 1 has ended 5 times in a row: see above what it said. Ctrl-C ends all.',
    'Worker 1 ended (killed) while it started; it is started again in 4 s.',
  ]);
});

test('who has lived well dies for the first time again', async (t) => {
  let now = 0;
  t.mock.method(performance, 'now', () => now);
  const worker = played(t);
  const first = readyChild();
  (await worker.life()).resolve(first.child);
  await worker.kept;
  first.die(1);
  const second = readyChild();
  (await worker.life()).resolve(second.child);
  await settled();
  now = 10_001;
  second.die(null);
  await settled();
  assert.deepEqual(worker.lines, [
    'Worker 1 ended (1); it is started again.',
    'Worker 1 ended (killed); it is started again.',
  ]);
});

test('it ends with the signal: no life follows', async (t) => {
  const worker = played(t);
  const only = readyChild();
  (await worker.life()).resolve(only.child);
  const kept = await worker.kept;
  worker.stop.abort(new Error('npm start ends'));
  await kept.stop(0);
  await settled();
  assert.deepEqual(worker.lines, []);
});

test('pauses', () => {
  const pauses = [1, 2, 3, 4, 8, 9, 10, 1_000].map(pauseMs);
  assert.deepEqual(pauses, [0, 250, 500, 1_000, 16_000, 30_000, 30_000, 30_000]);
});
