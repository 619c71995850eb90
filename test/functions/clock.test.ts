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
const timer = (last: string): Timer => ({
  isPastDue: false,
  schedule: { adjustForDST: true },
  scheduleStatus: { last, next: '', lastUpdated: '' },
});
const job = (run: Job['run'], everySeconds = 20): Job => ({ name: 'job', everySeconds, run });

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

test('whatever the instances and however early or late its ticks, each job comes once a round', () => {
  const early = 4_900;
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: -early, max: early }), { minLength: 3, maxLength: 30 }),
      (offs) => {
        const every = jobs(() => {
          throw new Error('no app');
        });
        const schedule = parseSchedule(clockSchedule);
        let occurrence = schedule.next(at(-1));
        let last = new Date(occurrence.getTime());
        const first = last;
        const counts = new Map<string, number>();
        for (const off of offs) {
          occurrence = schedule.next(occurrence);
          const now = new Date(occurrence.getTime() + off);
          for (const one of every) {
            if (isDue(one, last, now)) counts.set(one.name, (counts.get(one.name) ?? 0) + 1);
          }
          last = now;
        }
        for (const { name, everySeconds } of every) {
          const rounds = (last.getTime() - first.getTime()) / 1000 / everySeconds;
          const count = counts.get(name) ?? 0;
          assert.ok(Math.abs(count - rounds) < 1.5, `${name}: ${count} of ${rounds}`);
        }
      },
    ),
    { numRuns: 50 },
  );
});

const lines: string[] = [];
const context = {
  info: (text: string) => void lines.push(text),
  warn: (text: string) => void lines.push(`warn ${text}`),
} as unknown as InvocationContext;

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
    tick: async (seconds: number, last = seconds - 20) => {
      now = at(seconds);
      await handler(timer(at(last).toISOString()), context);
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

for (const last of ['0001-01-01T00:00:00', '', 'rubbish']) {
  test(`a timer that was never called (${JSON.stringify(last)}) finds everything due`, async () => {
    let ran = 0;
    const handler = clock(
      [
        job(async () => {
          ran += 1;
        }, 900),
      ],
      {
        now: () => at(1),
        wait: () => new Promise(() => {}),
      },
    );
    await handler(timer(last), context);
    assert.equal(ran, 1);
  });
}

test('names are those of functions, each once', () => {
  const names = jobs(() => {
    throw new Error('no app');
  }).map(({ name }) => name);
  assert.equal(new Set(names).size, names.length);
  for (const name of names) assert.match(name, /^[a-z]+(_[a-z]+)*$/);
});
