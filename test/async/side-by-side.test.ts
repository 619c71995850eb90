import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { sideBySide } from '../../shared/async/side-by-side.ts';

const never = new AbortController().signal;

test('every item once, results in order, never more at once than allowed', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 1, max: 5 })),
      fc.integer({ min: 1, max: 8 }),
      async (items, most) => {
        let running = 0;
        let mostSeen = 0;
        const results = await sideBySide(
          items,
          most,
          async (turns) => {
            mostSeen = Math.max(mostSeen, ++running);
            for (let left = turns; left > 0; left -= 1) await turn();
            running -= 1;
            return turns * 2;
          },
          never,
        );
        assert.deepEqual(
          results,
          items.map((item) => item * 2),
        );
        assert.equal(mostSeen, Math.min(most, items.length));
      },
    ),
  );
});

test('the first failure stops the rest, and nothing is under way when it is told', async () => {
  const begun: number[] = [];
  const ended: number[] = [];
  const work = async (item: number, signal: AbortSignal) => {
    begun.push(item);
    if (item === 1) throw new Error('one');
    await new Promise((resolve) => signal.addEventListener('abort', resolve));
    await turn();
    ended.push(item);
    throw new Error('a consequence');
  };
  await assert.rejects(sideBySide([0, 1, 2, 3], 2, work, never), /^Error: one$/);
  assert.deepEqual([begun, ended], [[0, 1], [0]]);
});

test('a caller who leaves gets its own reason, before or in the middle', async () => {
  const leaving = new AbortController();
  const reason = new Error('enough');
  let begun = 0;
  const working = sideBySide(
    [1, 2, 3],
    1,
    async () => {
      begun += 1;
      leaving.abort(reason);
    },
    leaving.signal,
  );
  await assert.rejects(working, reason);
  assert.equal(begun, 1);
  await assert.rejects(
    sideBySide([1], 1, () => assert.fail(), leaving.signal),
    reason,
  );
});
