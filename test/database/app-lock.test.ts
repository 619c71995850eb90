/** What a server says that refuses an application lock, in words: no stand-in can be brought to say it. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { takeAppLock } from '../../shared/database/app-lock.ts';
import type { Session } from '../../shared/database/session.ts';

const never = new AbortController().signal;
const taking = (result: number, waitMs?: number) => {
  const session = { query: async () => [{ result }] } as unknown as Session;
  return takeAppLock(session, 'syncboard/x', 'run r', never, waitMs);
};

for (const [result, why, meaning] of [
  [-1, 'it timed out', 'permanent'],
  [-2, 'it was cancelled', 'permanent'],
  [-3, 'it was chosen as a deadlock victim', 'transient'],
  [-999, 'its parameters were refused', 'permanent'],
  [-7, 'result -7', 'permanent'],
] as const) {
  test(`a lock that was refused with ${result}: ${why}`, async () => {
    await assert.rejects(taking(result), {
      message: `The application lock syncboard/x was refused: ${why}`,
      meaning,
    });
  });
}

test('a lock that is granted is had, one that was not to be had within the time is not', async () => {
  assert.deepEqual(await Promise.all([taking(0), taking(1), taking(-1, 0), taking(-1, 500)]), [
    true,
    true,
    false,
    false,
  ]);
});
