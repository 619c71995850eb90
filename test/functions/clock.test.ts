/** One timer for all that comes round: when each is due, and that none holds up another. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { InvocationContext, Timer } from '@azure/functions';
import fc from 'fast-check';
import { clock, clockSchedule } from '../../functions/clock/clock.ts';
import { isDue, type Job } from '../../functions/clock/job.ts';
import { jobs } from '../../functions/clock/jobs.ts';
import { parseSchedule } from '../../packages/functions-host/src/timers/ncrontab.ts';

const base = Date.parse('2026-11-30T12:00:00Z');
const at = (seconds: number) => new Date(base + seconds * 1000);
/** As the host gives it to a timer that comes more often than once a minute. */
const timer = {
  isPastDue: false,
  schedule: { adjustForDST: true },
  scheduleStatus: null,
} as unknown as Timer;
const job = (run: Job['run'], everySeconds = 20): Job => ({ name: 'job', everySeconds, run });

const lines: string[] = [];
const context = {
  info: (text: string) => void lines.push(text),
  warn: (text: string) => void lines.push(`warn ${text}`),
} as unknown as InvocationContext;

const dues: [
  everySeconds: number,
  afterSeconds: number,
  last: number,
  now: number,
  due: boolean,
][] = [
  [20, 0, 5, 25, true],
  [20, 0, 5, 19.9, false],
  [20, 0, 24.9, 25, false],
  [60, 0, 5, 45, false],
  [60, 0, 45, 65, true],
  [60, 20, 5, 25, true],
  [60, 20, 25, 79, false],
  [60, 40, 25, 45, true],
  [900, 0, 5, 885, false],
  [900, 0, 885, 905, true],
  // A night without workers is made up for once.
  [60, 0, -36_000, 5, true],
];
for (const [everySeconds, afterSeconds, last, now, due] of dues) {
  test(`every ${everySeconds} s, ${afterSeconds} s later: from ${last} to ${now} it is ${due ? '' : 'not '}due`, () => {
    const one: Job = { name: 'job', everySeconds, afterSeconds, run: async () => {} };
    assert.equal(isDue(one, at(last), at(now)), due);
  });
}

const noApp = () => {
  throw new Error('no app');
};
/** The product's jobs, each of which only counts. */
function counting(begun: string[], atStart: boolean) {
  return jobs(noApp).map(({ atStart: _, ...one }): Job => {
    const run = async () => void begun.push(one.name);
    return atStart ? { ...one, atStart, run } : { ...one, run };
  });
}

test('however early or late its ticks and whichever process has them, each job comes once a round', async () => {
  const early = 4_900;
  const ticks = fc.array(
    fc.record({ off: fc.integer({ min: -early, max: early }), isAnother: fc.boolean() }),
    { minLength: 45, maxLength: 60 },
  );
  await fc.assert(
    fc.asyncProperty(ticks, async (given) => {
      const begun: string[] = [];
      let now = at(0);
      const dependencies = { now: () => now, wait: () => new Promise<void>(() => {}) };
      const all = counting(begun, false);
      let handler = clock(all, dependencies);
      const schedule = parseSchedule(clockSchedule);
      let occurrence = at(-1);
      for (const { off, isAnother } of given) {
        // It was done with its last tick by then.
        if (isAnother) handler = clock(all, dependencies);
        occurrence = schedule.next(occurrence);
        now = new Date(occurrence.getTime() + off);
        await handler(timer, context);
      }
      const seconds = (occurrence.getTime() - base) / 1000;
      for (const { name, everySeconds } of all) {
        const count = begun.filter((one) => one === name).length;
        assert.ok(Math.abs(count - seconds / everySeconds) <= 1, `${name}: ${count}`);
      }
    }),
    { numRuns: 25 },
  );
});

/** Ticks at `seconds`, one after another; a tick ends when its wait is let go of. */
function ticking(all: readonly Job[]) {
  let now = at(0);
  const waits: (() => void)[] = [];
  const handler = clock(all, {
    now: () => now,
    wait: () => new Promise((resolve) => waits.push(resolve)),
  });
  return {
    endWait: () => waits.splice(0).forEach((end) => void end()),
    tick: async (seconds: number) => {
      now = at(seconds);
      await handler(timer, context);
    },
  };
}

test('one that hangs is not begun again, and the others come round', async () => {
  const hanging = Promise.withResolvers<void>();
  let begun = 0;
  let others = 0;
  const { tick, endWait } = ticking([
    job(async () => {
      begun += 1;
      await hanging.promise;
    }),
    {
      ...job(async () => {
        others += 1;
      }),
      name: 'other',
    },
  ]);
  for (const seconds of [5, 25, 45]) {
    const ticked = tick(seconds);
    await new Promise(setImmediate);
    endWait();
    await ticked;
  }
  assert.deepEqual([begun, others], [1, 3]);
  hanging.resolve();
  await new Promise(setImmediate);
  await tick(65);
  assert.equal(begun, 2);
});

test('one that fails is told by its name, once, and the others have run', async () => {
  let others = 0;
  let fails = true;
  const { tick } = ticking([
    job(async () => {
      if (fails) throw new RangeError('storage is away');
    }),
    {
      ...job(async () => {
        others += 1;
      }),
      name: 'other',
    },
  ]);
  await assert.rejects(tick(5), /^Error: job: RangeError: storage is away$/);
  assert.equal(others, 1);
  fails = false;
  await tick(25);
  assert.equal(others, 2);
});

test('a failure after its tick is told by the next one', async () => {
  const slow = Promise.withResolvers<void>();
  const { tick, endWait } = ticking([job(() => slow.promise, 60)]);
  const ticked = tick(5);
  await new Promise(setImmediate);
  endWait();
  await ticked;
  slow.reject(new Error('too late'));
  await new Promise(setImmediate);
  await assert.rejects(tick(25), /job: Error: too late/);
});

test('lines go to the newest tick, since the host takes none of one that is over', async () => {
  const slow = Promise.withResolvers<void>();
  const { tick, endWait } = ticking([
    job(async (log) => {
      await slow.promise;
      log.info('done');
    }, 60),
  ]);
  const ticked = tick(5);
  await new Promise(setImmediate);
  endWait();
  await ticked;
  lines.length = 0;
  const second = tick(25);
  slow.resolve();
  await second;
  assert.deepEqual(lines, ['done']);
});

test('at a first tick comes what somebody may wait for, and what is due; of a gap all of it once', async () => {
  const begun: string[] = [];
  const one = (name: string, more: Partial<Job> = {}): Job => ({
    ...job(async () => void begun.push(name), 900),
    ...{ name, ...more },
  });
  const { tick } = ticking([
    one('waited_for', { atStart: true }),
    one('not_due'),
    one('due', { everySeconds: 60 }),
  ]);
  await tick(65);
  assert.deepEqual(begun.splice(0), ['waited_for', 'due']);
  await tick(85);
  assert.deepEqual(begun.splice(0), []);
  // A machine that was paused for hours.
  await tick(10_805);
  assert.deepEqual(begun, ['waited_for', 'not_due', 'due']);
});

test('names are those of functions, each once', () => {
  const names = jobs(noApp).map(({ name }) => name);
  assert.equal(new Set(names).size, names.length);
  for (const name of names) assert.match(name, /^[a-z]+(_[a-z]+)*$/);
});
