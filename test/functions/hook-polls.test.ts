/**
 * Whatever the order of hooks, polls and whoever else has the company: each change is looked at
 * after it was written. The steps are forced, one after another, in orders that fast-check draws;
 * flags and locks are real ones.
 */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { pollForHook } from '../../shared/app/hook-polls.ts';
import { type CursorStore, cursorStore } from '../../shared/flexibee/follow.ts';
import { HookFlags } from '../../shared/flexibee/hook-flags.ts';
import { soon, startStorage, type TestStorage } from '../support/storage.ts';

let storage: TestStorage;
before(async () => {
  storage = await startStorage();
});
after(() => storage.close());

const code = 'c';

/** What an actor does between two points at which others may come in. */
type Actor = AsyncGenerator<void, void, undefined>;

async function world() {
  const container = await storage.container();
  const cursors = cursorStore(container, 15);
  let queue = 0;
  const queuePoll = async () => {
    queue += 1;
  };
  const processes = [1, 2].map(() => new HookFlags(container, queuePoll));
  const state = { written: 0, seen: 0 };
  const flagsOf = (index: number) => processes[index % processes.length] ?? assert.fail();

  /** Takes the company, looks, and is at it for a while longer. */
  async function* turn(store: CursorStore): AsyncGenerator<void, 'busy' | 'applied', undefined> {
    const held = await store.acquire(code, soon());
    if (held === undefined) return 'busy';
    yield;
    state.seen = state.written;
    yield;
    yield;
    await held.release();
    return 'applied';
  }
  async function* hook(index: number): Actor {
    state.written += 1;
    yield;
    await flagsOf(index).raise(code, soon());
  }
  async function* timer(): Actor {
    yield* turn(cursors);
  }
  /** A message of the queue. */
  async function* hookPoll(index: number): Actor {
    queue -= 1;
    let store: CursorStore | undefined;
    let outcome: ((value: string) => void) | undefined;
    const given = Promise.withResolvers<void>();
    const polling = pollForHook(
      flagsOf(index),
      cursors,
      code,
      (lowering) => {
        store = lowering;
        given.resolve();
        return new Promise<string>((resolve) => {
          outcome = resolve;
        });
      },
      queuePoll,
      soon(),
    );
    await given.promise;
    if (store === undefined || outcome === undefined) assert.fail();
    outcome(yield* turn(store));
    await polling;
  }
  return { state, hook, timer, hookPoll, queued: () => queue };
}

test('no hook is lost, in whatever order they, polls and others come', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.nat({ max: 9 }), { minLength: 20, maxLength: 60 }),
      async (choices) => {
        const { state, hook, timer, hookPoll, queued } = await world();
        const waiting: (() => Actor)[] = [
          () => timer(),
          ...[0, 1, 2, 3].map((index) => () => hook(index)),
        ];
        const running: Actor[] = [];
        let number = 0;
        const step = async (choice: number): Promise<boolean> => {
          const fresh = waiting.length + Math.sign(queued());
          const count = running.length + fresh;
          if (count === 0) return false;
          const index = choice % count;
          if (index >= running.length) {
            const begins = index - running.length;
            const [made] = begins < waiting.length ? waiting.splice(begins, 1) : [];
            number += 1;
            running.push(made === undefined ? hookPoll(number) : made());
          }
          const actor = running[Math.min(index, running.length - 1)];
          if (actor === undefined) assert.fail();
          if ((await actor.next()).done) running.splice(running.indexOf(actor), 1);
          return true;
        };
        for (const choice of choices) await step(choice);
        // What is begun goes on, one after another: a poll that waits for its turn comes again.
        for (let rest = 0; rest < 500 && (await step(0)); rest += 1);
        assert.deepEqual([running.length, waiting.length, queued()], [0, 0, 0]);
        assert.equal(state.seen, state.written);
      },
    ),
    { numRuns: 60, endOnFailure: true },
  );
});

test('a poll that finds the company busy comes again, and until then hooks count on it', async () => {
  const container = await storage.container();
  const cursors = cursorStore(container, 15);
  const queued: number[] = [];
  const flags = new HookFlags(container, async () => {
    queued.push(0);
  });
  assert.equal(await flags.raise(code, soon()), true);
  const holder = await cursors.acquire(code, soon());
  assert.ok(holder !== undefined);
  const poll = async (lowering: CursorStore) => {
    const held = await lowering.acquire(code, soon());
    await held?.release();
    return held === undefined ? 'busy' : 'applied';
  };
  const again = async (_code: string, seconds: number) => {
    queued.push(seconds);
  };
  assert.equal(await pollForHook(flags, cursors, code, poll, again, soon()), 'busy');
  assert.deepEqual(queued, [0, 5]);
  assert.equal(await flags.raise(code, soon()), false);
  await holder.release();
  assert.equal(await pollForHook(flags, cursors, code, poll, again, soon()), 'applied');
  assert.deepEqual(queued, [0, 5]);
  assert.equal(await flags.raise(code, soon()), true);
});

test('a poll that may not look at the company lets the next hook ask for another', async () => {
  const container = await storage.container();
  const cursors = cursorStore(container, 15);
  let polls = 0;
  const flags = new HookFlags(container, async () => {
    polls += 1;
  });
  await flags.raise(code, soon());
  const again = () => assert.fail('nothing to wait for');
  await pollForHook(flags, cursors, code, async () => 'trouble', again, soon());
  assert.equal(await flags.raise(code, soon()), true);
  assert.equal(polls, 2);
});
